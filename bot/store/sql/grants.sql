-- name: grant
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT INSERT ON operation, operation_target, operation_decision, operation_lease, operation_step, audit_event,
    audit_checkpoint, inbox, outbox, message, button, watch_term, incident, incident_member, live_answer,
    favourite TO {role};
GRANT UPDATE ON operation, operation_lease, operation_step, inbox, outbox, message, button, watch_term, incident,
    incident_member, live_answer TO {role};
GRANT UPDATE (is_held) ON operation_target TO {role};
GRANT DELETE ON inbox, outbox, message, button, incident_member, live_answer, favourite TO {role}
