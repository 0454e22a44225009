-- name: put_latest
INSERT INTO outbox AS o (key, item, lane, parent, channel, namespace) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key) DO UPDATE
SET item = excluded.item, lane = excluded.lane, parent = excluded.parent, channel = excluded.channel,
    namespace = excluded.namespace, turn = excluded.turn, put_at = now(),
    not_before = CASE WHEN o.is_due THEN o.not_before ELSE '-infinity' END,
    place = CASE WHEN o.is_due THEN o.place ELSE excluded.place END
WHERE o.item::text <> excluded.item::text OR o.why <> ''

-- name: put_once
INSERT INTO outbox (key, item, lane, parent, channel, namespace) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key) DO NOTHING

-- name: put_button
INSERT INTO button (id, line) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET at = now()

-- name: claim
WITH due AS (
    SELECT o.key, o.lane, o.place, o.channel,
           row_number() OVER (PARTITION BY o.channel, o.lane, o.namespace ORDER BY o.place) AS round
    FROM outbox o
    WHERE o.is_due AND o.not_before <= clock_timestamp()
      AND (o.parent = ''
           OR EXISTS (SELECT FROM message m WHERE m.key = o.parent)
           OR NOT EXISTS (SELECT FROM outbox p WHERE p.key = o.parent AND p.is_due))
      AND (o.parent = ''
           OR NOT EXISTS (
               SELECT FROM outbox s WHERE s.parent = o.parent AND s.parent <> '' AND s.is_due AND s.place < o.place))
), queued AS (
    SELECT *, row_number() OVER (PARTITION BY channel ORDER BY lane, round, place) AS position FROM due
), free AS (
    SELECT o.key, q.round FROM outbox o JOIN queued q USING (key)
    WHERE o.is_due AND o.not_before <= clock_timestamp() AND (q.channel = '' OR q.position <= $5)
      AND (o.claimed_until <= clock_timestamp() OR is_dead(o.claimed_by, $3)
           OR (o.claimed_by = $3 AND o.claim <> ALL ($4::bigint[])))
    ORDER BY q.lane, q.round, q.place LIMIT $1
    FOR UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE outbox o
    SET claim = nextval('outbox_claim'), claimed_by = $3, claimed_turn = turn, claimed_until = clock_timestamp() + $2::interval,
        attempts = attempts + 1
    FROM free WHERE o.key = free.key
    RETURNING o.key, o.claim, o.item, o.attempts - 1 AS attempts, o.upload, o.parent, o.lane, free.round, o.place
)
SELECT c.claim, c.item, c.attempts, c.upload, m.channel, m.ts, p.channel AS parent_channel, p.ts AS parent_ts
FROM claimed c LEFT JOIN message m ON m.key = c.key LEFT JOIN message p ON p.key = c.parent AND c.parent <> ''
ORDER BY c.lane, c.round, c.place

-- name: sent
UPDATE outbox SET settled_turn = claimed_turn, attempts = 0, claim = NULL, claimed_until = '-infinity', why = ''
WHERE claim = $1 RETURNING true

-- name: located
INSERT INTO message (key, channel, ts) VALUES ($1, $2, $3)
ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, at = now()

-- name: located_late
INSERT INTO message (key, channel, ts) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING

-- name: uploaded
UPDATE outbox SET upload = $2 WHERE claim = $1

-- name: postpone
UPDATE outbox
SET claim = NULL, claimed_until = '-infinity', not_before = clock_timestamp() + $2::interval, why = $3
WHERE claim = $1

-- name: hurry
UPDATE outbox SET not_before = clock_timestamp()
WHERE key = ANY ($1::text[]) AND is_due AND claim IS NULL AND not_before > clock_timestamp()

-- name: give_up
UPDATE outbox SET claim = NULL, claimed_until = '-infinity', settled_turn = claimed_turn, why = $2 WHERE claim = $1

-- name: forget
DELETE FROM message WHERE key = $1

-- name: line_of
SELECT line FROM button WHERE id = $1

-- name: card_at
SELECT key FROM message WHERE channel = $1 AND ts = $2

-- name: is_posting
SELECT EXISTS (SELECT FROM outbox WHERE is_due AND channel = $1 AND claimed_until > clock_timestamp())

-- name: item_at
SELECT o.item FROM message m JOIN outbox o ON o.key = m.key WHERE m.channel = $1 AND m.ts = $2

-- name: notify
SELECT pg_notify('saas_bot', 'outbox')

-- name: purge
DELETE FROM outbox WHERE NOT is_due AND put_at < now() - $1::interval

-- name: purge_buttons
DELETE FROM button WHERE at < now() - $1::interval

-- name: backlog
WITH due AS (
    SELECT * FROM outbox WHERE is_due
), kept AS (
    SELECT why, extract(epoch FROM greatest(not_before, now()) - now())::float8 AS next_s
    FROM due WHERE why <> '' ORDER BY put_at, place LIMIT 1
)
SELECT (SELECT count(*) FROM due) AS due,
       (SELECT coalesce(extract(epoch FROM now() - min(put_at)), 0)::float8 FROM due) AS oldest_s,
       coalesce((SELECT why FROM kept), '') AS why,
       coalesce((SELECT next_s FROM kept), 0) AS next_s
