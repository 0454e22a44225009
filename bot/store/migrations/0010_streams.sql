-- How each kind is followed by whoever watches: last byte, last event, reconnects by reason; told by `status`.
ALTER TABLE watch_term
    ADD COLUMN streams json NOT NULL DEFAULT '[]';
