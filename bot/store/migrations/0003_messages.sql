-- What came from Slack and what goes there.

CREATE TABLE inbox (
    key           text PRIMARY KEY,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    item          json NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    attempts      int NOT NULL DEFAULT 0,
    claimed_by    text NOT NULL DEFAULT '',
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    done_at       timestamptz
);

CREATE INDEX inbox_due ON inbox (seq) WHERE done_at IS NULL;

CREATE SEQUENCE outbox_turn;
CREATE SEQUENCE outbox_claim;

-- One row per message: what it shall be, and how far the sender came.
CREATE TABLE outbox (
    key              text PRIMARY KEY,
    item             json NOT NULL,
    lane             smallint NOT NULL,
    parent           text NOT NULL,
    turn          bigint NOT NULL DEFAULT nextval('outbox_turn'), -- grows with each version of the item
    place         bigint NOT NULL DEFAULT currval('outbox_turn'), -- in the queue: kept while newer versions replace it
    put_at        timestamptz NOT NULL DEFAULT now(),
    not_before    timestamptz NOT NULL DEFAULT '-infinity',
    attempts      int NOT NULL DEFAULT 0,
    claim         bigint UNIQUE,
    claimed_by    text NOT NULL DEFAULT '',
    claimed_turn  bigint,
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    settled_turn  bigint NOT NULL DEFAULT 0, -- up to this version it was sent, or given up
    why           text NOT NULL DEFAULT '',
    is_due        boolean NOT NULL GENERATED ALWAYS AS (turn > settled_turn) STORED
);

CREATE INDEX outbox_due ON outbox (lane, place) WHERE is_due;
CREATE INDEX outbox_thread ON outbox (parent, place) WHERE is_due AND parent <> '';

-- Where each message stands in Slack.
CREATE TABLE message (
    key     text PRIMARY KEY,
    channel text NOT NULL,
    ts      text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel, ts)
);

-- The command line behind a button; Slack knows the id alone.
CREATE TABLE button (
    id   text PRIMARY KEY,
    line text NOT NULL,
    at   timestamptz NOT NULL DEFAULT now()
);
