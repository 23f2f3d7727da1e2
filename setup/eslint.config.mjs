/* The rules of Odoo's own JavaScript: ESLint's recommended ones, with what the browser and the tests offer. */

import globals from "globals";
import js from "@eslint/js";

export default [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: globals.browser,
        },
        linterOptions: {reportUnusedDisableDirectives: "error"},
        rules: {
            curly: "error",
            eqeqeq: "error",
            "no-shadow": "error",
            // `{left_out, ...rest}` is how an object is copied without one of its keys.
            "no-unused-vars": ["error", {ignoreRestSiblings: true}],
            "no-var": "error",
            "prefer-const": "error",
        },
    },
];
