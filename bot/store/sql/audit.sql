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

-- name: story
SELECT body FROM audit_event WHERE operation_id = $1 ORDER BY seq

-- name: disagreeing
SELECT o.number, 'has no audit row of its version ' || v AS how
FROM operation o CROSS JOIN generate_series(1, o.version) v
WHERE NOT EXISTS (SELECT FROM audit_event a WHERE a.operation_id = o.id AND a.operation_version = v)
UNION ALL
SELECT o.number, 'is ' || o.state || ', but its last audit row says ' || a.kind
FROM operation o JOIN audit_event a ON a.operation_id = o.id AND a.operation_version = o.version
WHERE NOT CASE o.state WHEN 'pending' THEN a.kind IN ('proposed', 'decided') WHEN 'executing' THEN a.kind = 'started'
    ELSE a.kind = o.state END
UNION ALL
SELECT o.number, 'has a verdict of ' || d.subject || ' that the audit does not know'
FROM operation o JOIN operation_decision d ON d.operation_id = o.id
WHERE NOT EXISTS (
    SELECT FROM audit_event a WHERE a.operation_id = o.id AND a.kind = 'decided' AND a.actor = d.subject)
ORDER BY 1, 2 LIMIT 100

-- name: hash_at
SELECT hash FROM audit_event WHERE seq = $1

-- name: checkpoint
INSERT INTO audit_checkpoint (size, head, key_id, sig) VALUES ($1, $2, $3, $4) ON CONFLICT (size) DO NOTHING

-- name: checkpoints
SELECT size, head, at, key_id, sig FROM audit_checkpoint ORDER BY size

-- name: is_head_due
SELECT NOT EXISTS (SELECT FROM audit_event WHERE kind = 'anchored' AND at > now() - $1::interval)
