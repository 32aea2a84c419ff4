"""From text to a typed tree: tokens, literals, the parser and its positions."""
