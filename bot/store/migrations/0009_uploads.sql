-- The file whose bytes are in Slack for a document, written down before it is shared: a process that dies in between
-- is followed by one that asks Slack about that very file.
ALTER TABLE outbox ADD COLUMN upload text NOT NULL DEFAULT '';
