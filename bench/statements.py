"""The sets that fill the tables, in the order in which they are made: callers, new tickets, their clocks, and all that belongs to them."""

from __future__ import annotations

from bench import paths

PER_CALLER = 8

STAGE = f"""
create unlogged table bench_new as
select d.*, case d.is_asset when true then a.customer_id else d.caller end as customer_id, a.asset_id, coalesce(a.unit_id, e.unit_id) as unit_id,
    case when d.state in ('registered', 'at_second_level', 'cancelled') then null else coalesce(a.engineer_id, e.engineer_id) end as assignee_id,
    x.letter || '-' || to_char(d.opened_at at time zone 'Asia/Shanghai', 'YYMMDD') || '-' || lpad(d.id::text, greatest(5, length(d.id::text)), '0') as number,
    coalesce(a.phone, d.caller_phone) as phone, a.terminal_no, a.merchant_no, a.barcode
from (
    select c.*, case when is_open then {paths.drawn(paths.OPEN_SHARES)} else {paths.drawn(paths.ENDED_SHARES)} end as state
    from (
        select %(first)s + n as id, n, n > %(count)s * (1 - %(open)s) as is_open, random() as r, random() < 0.4 as is_asset,
            1 + (random() * (%(texts)s - 1))::int as text, 1 + (random() * (%(assets)s - 1))::int as asset, 1 + (random() * (%(districts)s - 1))::int as district,
            %(callers)s + n / {PER_CALLER} as caller, '1' || (9000000000 + (%(callers)s + n / {PER_CALLER}))::text as caller_phone,
            (%(openers)s::bigint[])[1 + (random() * (cardinality(%(openers)s::bigint[]) - 1))::int] as opener,
            %(now)s::timestamptz - (case when n > %(count)s * (1 - %(open)s) then interval '2 days' * random()
                else interval '2 days' + interval '360 days' * (1 - n::float / %(count)s) end) as opened_at
        from generate_series(1, %(count)s) n
    ) c
) d
join bench_text x on x.n = d.text
join bench_district e on e.n = d.district
left join bench_asset a on d.is_asset and a.n = d.asset
"""
FIELDS = """jsonb_strip_nulls(jsonb_build_object('source', x.source, 'urgency', x.urgency, 'terminal_no', b.terminal_no, 'merchant_no', b.merchant_no,
    'barcode', b.barcode, 'address', x.address, 'contact', x.contact, 'phone', b.phone, 'problem', x.problem))"""
OPENER = "select id from people_member where username in ('li', 'zhang', 'qian', 'feng') or username like 'kf\\_%%'"

TICKETS = f"""
insert into tickets_ticket (id, number, rulebook_version_id, type, state, stage, is_open, version, round, rank, unit_id, assignee_id, responsible_id,
    opened_by_id, customer_id, asset_id, summary, contact, phone, address, priority, level, source, fields, opened_at, entered_at, updated_at, ended_at,
    due_at, due_warn_at, due_clock, chain_length, chain_head)
select b.id, b.number, %(version)s, x.type, b.state, p.stage, b.is_open, p.steps, 1, x.rank, b.unit_id, b.assignee_id, b.opener, b.opener, b.customer_id,
    b.asset_id, x.summary, x.contact, b.phone, x.address, x.urgency, '', x.source, {FIELDS}, b.opened_at, b.opened_at + p.last, b.opened_at + p.last,
    case when not b.is_open then b.opened_at + p.last end, k.due_at, null, coalesce(k.name, ''), p.steps, sha256(convert_to(b.number || p.steps, 'UTF8'))
from bench_new b join bench_text x on x.n = b.text join bench_path p on p.state = b.state
left join lateral (select name, due_at from bench_clock k where k.ticket_id = b.id order by due_at limit 1) k on true
"""
WORDS = """
insert into tickets_searchwords (ticket_id, words)
select b.id, (x.words || ' ''' || lower(b.number) || ''':1A ''' || lower(split_part(b.number, '-', 1)) || ''':1A ''' || b.phone || ''':2B'
        || coalesce(' ''' || lower(b.terminal_no) || ''':2B ''' || lower(b.merchant_no) || ''':2B ''' || lower(b.barcode) || ''':2B', ''))::tsvector
from bench_new b join bench_text x on x.n = b.text
"""
# A share of the running clocks is overdue already: broken and told, as in life. None falls due while we measure.
RUNNING = """
create unlogged table bench_clock as
select b.id as ticket_id, k.name, k.name = 'file_away' as is_timer, k.clause, k.minutes, b.assignee_id, b.opened_at as started_at,
    b.r < 0.2 and k.name <> 'file_away' as late,
    case when b.r < 0.2 and k.name <> 'file_away' then %(now)s::timestamptz - interval '30 days' * random()
         else %(now)s::timestamptz + interval '1 day' + interval '6 days' * random() end as due_at
from bench_new b join bench_rule k on k.state = b.state where b.is_open
"""
CLOCKS = """
insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, owner_id, limit_text, measure, amount,
    started_at, due_at, next_at, breached_at, rung)
select ticket_id, name, is_timer, clause, 'running', %(version)s, %(calendar)s, assignee_id, minutes || 'm', 'clock', minutes * 60, started_at, due_at,
    case when not late then due_at end, case when late then due_at end, case when late then 2 else 0 end
from bench_clock
"""
ENDED_CLOCKS = """
insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, owner_id, limit_text, measure, amount,
    started_at, due_at, stopped_at, rung)
select b.id, k.name, false, k.clause, case when b.r < 0.1 then 'missed' else 'met' end, %(version)s, %(calendar)s, b.assignee_id, k.minutes || 'm', 'clock',
    k.minutes * 60, b.opened_at, b.opened_at + k.minutes * interval '1 minute', b.opened_at + interval '5 minutes', 0
from bench_new b, bench_rule k where k.state in ('registered', 'unprocessed') and not b.is_open
"""
FINDINGS = """
insert into deadlines_finding (book, clause, rule, kind, outcome, rulebook_version_id, calendar_version_id, ticket_id, type, unit_id, owner_id, started_at,
    due_at, ended_at, at, evidence, actor_name, reason)
select %(book)s, k.clause, k.name, 'deadline', case when b.r < 0.1 then 'breached' else 'met' end, %(version)s, %(calendar)s, b.id, x.type, b.unit_id,
    b.assignee_id, b.opened_at, b.opened_at + k.minutes * interval '1 minute', b.opened_at + interval '5 minutes', b.opened_at + interval '5 minutes',
    jsonb_build_object('ticket', b.number, 'limit', k.minutes || 'm'), '李娜', ''
from bench_new b join bench_text x on x.n = b.text, bench_rule k where k.state in ('registered', 'unprocessed') and not b.is_open
"""
EVENTS = f"""
insert into tickets_event (ticket_id, seq, at, kind, action, outcome, actor_name, member_id, door, from_state, to_state, payload, digest)
select b.id, s.seq, b.opened_at + s.after, s.kind, s.action, s.outcome, m.name, m.id, 'session', s.from_state, s.to_state,
    case s.action when 'accept' then {FIELDS}
        when 'dispatch' then case s.outcome when 'direct' then jsonb_build_object('assignee', b.assignee_id,
            'candidates', jsonb_build_array(jsonb_build_object('member', b.assignee_id, 'name', m.name, 'open', 12, 'excluded', '', 'chosen', true)))
            else jsonb_build_object('unit', b.unit_id, 'unit_name', '湖南分公司') end
        when 'book' then jsonb_build_object('visit_at', (b.opened_at + interval '9 hours')::text, 'agreed_with', x.contact)
        when 'report_blocked' then '{{"work_done": "到场检查主机与线路", "blocked_side": "merchant", "blocked_reason": "商户装修停业,无法处理"}}'
        when 'complete' then '{{"result": "现场更换配件并试刷三笔,签购单打印正常", "fully_solved": true}}'
        when 'call_back' then '{{"reached": "satisfied", "opinion": "师傅来得快,态度好"}}'
        when 'cancel' then '{{"reason": "商户自行恢复"}}' else '{{}}' end,
    sha256(convert_to(b.number || s.seq, 'UTF8'))
from bench_new b join bench_step s on s.state = b.state join bench_text x on x.n = b.text
join people_member m on m.id = case when s.who = 'assignee' then coalesce(b.assignee_id, b.opener) else b.opener end
order by b.id, s.seq
"""
IDENTIFIERS = """
insert into tickets_identifier (value, ticket_id)
select v, b.id from bench_new b, unnest(array[b.number, '~' || reverse(b.number), b.phone, '~' || reverse(b.phone), b.terminal_no, b.merchant_no, b.barcode]) v
where v is not null order by b.id
"""
CALLERS = f"""
with made as (
    insert into customers_customer (id, name, kind, grade, unit_id, address, note, is_active, created_at, updated_at)
    select %(callers)s + k, x.contact, 'person', 'normal', e.unit_id, '', '', true, %(now)s, %(now)s
    from generate_series(0, %(count)s / {PER_CALLER}) k join bench_text x on x.n = 1 + k %% %(texts)s join bench_district e on e.n = 1 + k %% %(districts)s
    returning id
)
insert into customers_phone (customer_id, number, kind, label, is_caller, is_active, created_at)
select id, '1' || (9000000000 + id)::text, 'mobile', '', true, true, %(now)s from made
"""
