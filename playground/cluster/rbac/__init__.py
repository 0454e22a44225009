"""Who may do what: RBAC evaluated over the stored roles and bindings."""
