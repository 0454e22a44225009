-- name: accept
WITH accepted AS (
    INSERT INTO inbox (key, item) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key
)
SELECT pg_notify('saas_bot', 'inbox') IS NOT NULL FROM accepted

-- name: claim
WITH oldest AS (
    SELECT key FROM inbox
    WHERE done_at IS NULL
      AND (claimed_until <= clock_timestamp() OR is_dead(claimed_by, $2)
           OR (claimed_by = $2 AND key <> ALL ($3::text[])))
    ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE inbox i SET claimed_by = $2, claimed_until = clock_timestamp() + $1::interval, attempts = attempts + 1
FROM oldest o WHERE i.key = o.key
RETURNING i.key, i.item, i.attempts - 1 AS attempts

-- name: hold
SELECT true FROM inbox WHERE key = $1 AND done_at IS NULL FOR UPDATE

-- name: finish
UPDATE inbox SET done_at = now() WHERE key = $1 AND done_at IS NULL RETURNING item

-- name: purge
DELETE FROM inbox WHERE done_at < now() - $1::interval
