-- Where a message goes and whose trouble it tells, so that in a storm the messages of one channel take turns.
-- Empty for modals and homes, and for what an older version put.
ALTER TABLE outbox ADD COLUMN channel text NOT NULL DEFAULT '', ADD COLUMN namespace text NOT NULL DEFAULT '';
