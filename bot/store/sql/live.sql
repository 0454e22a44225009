-- name: begin
INSERT INTO live_answer (id, user_id, body, owner, kept_until)
VALUES ($1, $2, $3, $4, clock_timestamp() + $5::interval)

-- name: keep
UPDATE live_answer SET body = $2, kept_until = clock_timestamp() + $4::interval WHERE id = $1 AND owner = $3
RETURNING true

-- name: end
DELETE FROM live_answer WHERE id = $1 RETURNING body

-- name: is_sent
SELECT NOT EXISTS (SELECT FROM outbox WHERE key = $1 AND is_due)

-- name: by_id
SELECT body FROM live_answer WHERE id = $1

-- name: count
SELECT count(*) FROM live_answer WHERE user_id = $1

-- name: orphans
SELECT body FROM live_answer
WHERE owner <> $1 AND (kept_until <= clock_timestamp() OR is_dead(owner, $1))
ORDER BY kept_until
