-- The figures of a half-year, each counted over rows; layers/statistics gives them their words.
-- A figure with a denominator is a share: the value is its numerator.

DROP FUNCTION IF EXISTS half_year_figures(date, date);

CREATE FUNCTION half_year_figures(first_day date, last_day date)
RETURNS TABLE (id text, value numeric, denominator numeric)
LANGUAGE sql STABLE AS $$
    WITH period AS (
        SELECT first_day::timestamp AT TIME ZONE 'Asia/Shanghai' AS starts,
               (last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends,
               least(last_day, (now() AT TIME ZONE 'Asia/Shanghai')::date) - first_day + 1 AS days
    ),
    -- towns and townships that were patrolled on every single day
    daily AS (
        SELECT d.id FROM divisions d
        JOIN patrols p ON p.division_id = d.id AND p.patrolled_on BETWEEN first_day AND last_day
        WHERE d.kind IN ('town', 'township') AND d.level = 'township'
          AND d.valid_from <= last_day AND (d.valid_to IS NULL OR d.valid_to > first_day)
        GROUP BY d.id
        HAVING count(DISTINCT p.patrolled_on) = (SELECT days FROM period)
    ),
    clusters AS (
        SELECT kind, count(*) AS n FROM stall_clusters
        WHERE status = 'open' AND opened_on <= last_day GROUP BY kind
    ),
    demolished AS (
        SELECT count(*) AS n, coalesce(sum(area_m2), 0) AS area_m2 FROM illegal_buildings
        WHERE status = 'demolished' AND demolished_on BETWEEN first_day AND last_day
    ),
    -- handled: of those accepted in the half-year, by its end
    handled AS (
        SELECT count(*) AS accepted, count(*) FILTER (WHERE handled_at < ends) AS n
        FROM incidents, period WHERE accepted_at >= starts AND accepted_at < ends
    ),
    requests AS (
        SELECT kind, count(*) AS accepted, count(*) FILTER (WHERE closed_on <= last_day) AS n
        FROM service_requests WHERE accepted_on BETWEEN first_day AND last_day GROUP BY kind
    ),
    closed AS (
        SELECT count(*) AS n, coalesce(sum(fine_yuan), 0) AS fines FROM cases
        WHERE status = 'closed' AND closed_on BETWEEN first_day AND last_day
    ),
    gas AS (
        SELECT count(*) AS n, coalesce(sum(cylinders_seized), 0) AS cylinders,
               coalesce(sum(hazards_rectified), 0) AS hazards
        FROM gas_checks WHERE checked_on BETWEEN first_day AND last_day
    )
    SELECT 'townships_inspected_daily', count(*)::numeric, NULL::numeric FROM daily
    UNION ALL SELECT 'stall_clusters', coalesce(sum(n) FILTER (WHERE kind = 'cluster'), 0), NULL FROM clusters
    UNION ALL SELECT 'breakfast_points', coalesce(sum(n) FILTER (WHERE kind = 'breakfast'), 0), NULL FROM clusters
    UNION ALL SELECT 'night_markets', coalesce(sum(n) FILTER (WHERE kind = 'night_market'), 0), NULL FROM clusters
    UNION ALL SELECT 'service_points', coalesce(sum(n) FILTER (WHERE kind = 'service'), 0), NULL FROM clusters
    UNION ALL SELECT 'hardship_stalls', count(*), NULL FROM stalls WHERE hardship <> 'none' AND since <= last_day
    UNION ALL SELECT 'demolished', n, NULL FROM demolished
    UNION ALL SELECT 'demolished_area', area_m2, NULL FROM demolished
    UNION ALL SELECT 'sewage_plants', count(*), NULL FROM sewage_plants WHERE taken_over_on <= last_day
    UNION ALL SELECT 'sewers', coalesce(sum(length_m), 0) / 1000, NULL FROM sewage_pipes
        WHERE role IN ('main', 'branch') AND (laid_on IS NULL OR laid_on <= last_day)
    UNION ALL SELECT 'incidents_accepted', accepted, NULL FROM handled
    UNION ALL SELECT 'incidents_handled', n, accepted FROM handled
    UNION ALL SELECT 'cases_reviewed', count(*), NULL FROM cases WHERE reviewed_on BETWEEN first_day AND last_day
    UNION ALL SELECT 'cases_closed', n, NULL FROM closed
    UNION ALL SELECT 'fines', fines, NULL FROM closed
    UNION ALL SELECT 'petitions_accepted', coalesce(sum(accepted), 0), NULL FROM requests WHERE kind = 'petition'
    UNION ALL SELECT 'petitions_closed', coalesce(sum(n), 0), coalesce(sum(accepted), 0) FROM requests
        WHERE kind = 'petition'
    UNION ALL SELECT 'hotline_accepted', coalesce(sum(accepted), 0), NULL FROM requests WHERE kind = 'hotline'
    UNION ALL SELECT 'hotline_closed', coalesce(sum(n), 0), coalesce(sum(accepted), 0) FROM requests
        WHERE kind = 'hotline'
    UNION ALL SELECT 'approvals', count(*), NULL FROM approvals WHERE decided_on BETWEEN first_day AND last_day
    UNION ALL SELECT 'roads_cleared', count(DISTINCT c.road_id), NULL FROM road_clearings c
        JOIN roads r ON r.id = c.road_id AND r.road_class IN ('main', 'secondary')
        WHERE c.cleared_on BETWEEN first_day AND last_day
    UNION ALL SELECT 'compounds_sorted', count(*), NULL FROM compounds WHERE sorted_since <= last_day
    UNION ALL SELECT 'sites_rectified', count(*), NULL FROM construction_sites
        WHERE rectified_on BETWEEN first_day AND last_day
    UNION ALL SELECT 'gas_checks', n, NULL FROM gas
    UNION ALL SELECT 'cylinders_seized', cylinders, NULL FROM gas
    UNION ALL SELECT 'gas_hazards_rectified', hazards, NULL FROM gas
    UNION ALL SELECT 'problems_rectified', count(*), NULL FROM supervision_problems
        WHERE rectified_on BETWEEN first_day AND last_day
    UNION ALL SELECT 'bulletins', count(*), NULL FROM bulletins
        WHERE kind = 'supervision' AND issued_on BETWEEN first_day AND last_day
$$;
