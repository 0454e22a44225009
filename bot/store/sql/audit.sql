-- name: alone
SELECT pg_advisory_xact_lock(7233001)

-- name: head
SELECT clock_timestamp() AS now, seq, hash FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1
) last ON true

-- name: append
INSERT INTO audit_event (seq, at, kind, actor, operation_id, operation_version, body, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: walk
SELECT seq, at, kind, actor, operation_id, operation_version, body, prev_hash, hash FROM audit_event ORDER BY seq
