-- Looked for once an hour, in a table that grows for ever: when the head of the chain was told outside for the last time.

CREATE INDEX audit_anchored ON audit_event (at) WHERE kind = 'anchored';
