"""HTTP to Lucca: client, transport, answers, paging, budget, hosts, errors."""
