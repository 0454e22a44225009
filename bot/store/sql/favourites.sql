-- name: of
SELECT line FROM favourite WHERE user_id = $1 ORDER BY seq

-- name: add
INSERT INTO favourite (user_id, line) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true

-- name: remove
DELETE FROM favourite WHERE user_id = $1 AND line = $2 RETURNING true
