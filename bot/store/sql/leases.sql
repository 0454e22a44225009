-- name: claim
WITH candidate AS (
    SELECT l.operation_id FROM operation_lease l JOIN operation o ON o.id = l.operation_id
    WHERE is_open(o.state) AND o.state = ANY ($1) AND (l.until <= clock_timestamp() OR is_dead(l.owner, $2))
      AND (o.state <> 'approved' OR o.execute_by >= clock_timestamp())
    ORDER BY o.number LIMIT 1
    FOR UPDATE OF l SKIP LOCKED
)
UPDATE operation_lease l SET epoch = epoch + 1, owner = $2, until = clock_timestamp() + $3::interval
FROM candidate c WHERE l.operation_id = c.operation_id
RETURNING l.operation_id, l.epoch

-- name: keep
UPDATE operation_lease SET until = clock_timestamp() + $3::interval WHERE operation_id = $1 AND epoch = $2 RETURNING true

-- name: steps
SELECT ordinal, audit_id, intent, is_written, progress, progressed_at FROM operation_step
WHERE operation_id = $1 ORDER BY ordinal

-- name: intend
UPDATE operation_step SET intent = $4
WHERE operation_id = $1 AND ordinal = $3 AND NOT is_written
  AND EXISTS (SELECT FROM operation_lease l WHERE l.operation_id = $1 AND l.epoch = $2)
RETURNING true

-- name: record_write
UPDATE operation_step SET is_written = true
WHERE operation_id = $1 AND ordinal = $3
  AND EXISTS (SELECT FROM operation_lease l WHERE l.operation_id = $1 AND l.epoch = $2)
RETURNING true

-- name: record_progress
UPDATE operation_step
SET progress = $4, measure = $5,
    progressed_at = CASE WHEN measure IS DISTINCT FROM $5 THEN clock_timestamp() ELSE progressed_at END
WHERE operation_id = $1 AND ordinal = $3
  AND EXISTS (SELECT FROM operation_lease l WHERE l.operation_id = $1 AND l.epoch = $2)
RETURNING ordinal, audit_id, intent, is_written, progress, progressed_at
