"""What the API server does to objects before they are stored: types, defaults, rules, patches, ownership, deletion."""
