"""What a fresh machine needs to run, show and test the addon. Standard library only."""
