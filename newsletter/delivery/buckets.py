"""The Lua scripts behind `throttling`. Each runs as a whole: nobody sees it half done.

Per limit one hash and three lists. The hash: `at` (µs, when it was last looked at), `ahead` (µs added to Redis's clock since
that was set back), `level` (tokens in the bucket), `second`, `hour`, `day` (how many the windows hold), `known` (the
windows were counted again after a loss). A list holds a window's slots, oldest first, as "number of the slot:count".
"""

from __future__ import annotations

CLOCK = "redis.call('TIME')"

PARTS = f"""
local KEPT = 90000000  -- ms: a day and an hour
local BURST = 0.25  -- of a second's worth
local WINDOWS = {{
  {{name = 'second', length = 1000000, slot = 10000}},
  {{name = 'hour', length = 3600000000, slot = 30000000}},
  {{name = 'day', length = 86400000000, slot = 600000000}},
}}
local time = {CLOCK}
local clock = time[1] * 1000000 + time[2]

local function parsed(entry)
  local slot, count = string.match(entry, '(%d+):(%d+)')
  return tonumber(slot), tonumber(count)
end

local function written(number)
  return string.format('%.0f', number)
end

-- The state of one limit now: its own time, its bucket, and what its windows hold once the past has left them.
local function opened(number, rate, hour, day)
  local first = 4 * (number - 1)
  local key = KEYS[first + 1]
  local kept = redis.call('HMGET', key, 'at', 'ahead', 'level', 'second', 'hour', 'day', 'known')
  local at, ahead = tonumber(kept[1]), tonumber(kept[2] or 0)
  local now = clock + ahead
  if at and at > now then
    ahead, now = ahead + at - now, at
  end
  local burst = math.max(1, rate * BURST)
  local level = math.min(burst, (tonumber(kept[3]) or burst) + (now - (at or now)) * rate / 1000000)
  local limit = {{key = key, now = now, ahead = ahead, rate = rate, burst = burst, level = level, known = kept[7]}}
  local most = {{rate > 0 and math.max(1, math.ceil(rate)) or 0, hour, day}}
  for place, window in ipairs(WINDOWS) do
    local held = {{list = KEYS[first + 1 + place], most = most[place], total = tonumber(kept[3 + place]) or 0}}
    if held.most > 0 or held.total > 0 then
      held.oldest = redis.call('LINDEX', held.list, 0)
      while held.oldest do
        local slot, count = parsed(held.oldest)
        held.leaves = (slot + 1) * window.slot + window.length
        if held.leaves > now then break end
        redis.call('LPOP', held.list)
        held.total = held.total - count
        held.oldest = redis.call('LINDEX', held.list, 0)
      end
      if not held.oldest then held.total = 0 end
    end
    limit[window.name] = held
  end
  return limit
end

local function closed(limit)
  redis.call(
    'HSET', limit.key, 'at', written(limit.now), 'ahead', written(limit.ahead), 'level', limit.level,
    'second', limit.second.total, 'hour', limit.hour.total, 'day', limit.day.total
  )
  redis.call('PEXPIRE', limit.key, KEPT)
end

local function added(limit, window, moment, count)
  local held = limit[window.name]
  local slot = math.floor(moment / window.slot)
  local newest, there = parsed(redis.call('LINDEX', held.list, -1) or '-1:0')
  if newest and newest >= slot then
    redis.call('LSET', held.list, -1, written(newest) .. ':' .. (there + count))
  else
    redis.call('RPUSH', held.list, written(slot) .. ':' .. count)
  end
  redis.call('PEXPIRE', held.list, KEPT)
  held.total = held.total + count
end
"""

TAKE = (
    PARTS
    + """
local wanted, must_know = tonumber(ARGV[1]), ARGV[2] == '1'
local limits, granted, tightest, wait, slowest = {}, wanted, 0, 0, 0
for number = 1, #KEYS / 4 do
  local first = 3 * number
  local limit = opened(number, tonumber(ARGV[first]), tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2]))
  if must_know and not limit.known and (limit.hour.most > 0 or limit.day.most > 0) then
    return {-1, 0, number}
  end
  limits[number] = limit
  local room, patience = wanted, 0
  if limit.rate > 0 then
    room = math.min(room, math.floor(limit.level + 0.000001))
    if room < 1 then
      local worth = math.max(1, math.min(wanted, math.floor(limit.burst)))
      patience = math.ceil((worth - limit.level) * 1000000 / limit.rate)
    end
  end
  for _, window in ipairs(WINDOWS) do
    local held = limit[window.name]
    if held.most > 0 then
      local free = math.max(0, held.most - held.total)
      if free < room then room = free end
      if free < 1 then patience = math.max(patience, held.leaves - limit.now) end
    end
  end
  if room < granted then granted, tightest = room, number end
  if patience > wait then wait, slowest = patience, number end
end
for _, limit in ipairs(limits) do
  if granted > 0 then
    limit.level = limit.level - granted
    for _, window in ipairs(WINDOWS) do
      if limit[window.name].most > 0 then added(limit, window, limit.now, granted) end
    end
  end
  closed(limit)
end
if granted > 0 then return {granted, 0, tightest} end
return {0, wait, slowest}
"""
)

GIVE_BACK = (
    PARTS
    + """
-- The window of a second is left alone: what comes back may be older than it.
local number_back = tonumber(ARGV[1])
for number = 1, #KEYS / 4 do
  local first = 3 * number
  local limit = opened(number, tonumber(ARGV[first]), tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2]))
  limit.level = math.min(limit.burst, limit.level + number_back)
  for _, name in ipairs({'hour', 'day'}) do
    local held, left = limit[name], number_back
    while left > 0 do
      local oldest = redis.call('LINDEX', held.list, 0)
      if not oldest then break end
      local slot, count = parsed(oldest)
      local gone = math.min(left, count)
      if gone == count then
        redis.call('LPOP', held.list)
      else
        redis.call('LSET', held.list, 0, written(slot) .. ':' .. (count - gone))
      end
      left, held.total = left - gone, held.total - gone
    end
  end
  closed(limit)
end
return {0, 0, 0}
"""
)

SEED = (
    PARTS
    + """
if redis.call('HSETNX', KEYS[1], 'known', 1) == 0 then return 0 end  -- somebody was first
local limit = opened(1, 0, 1, 1)
local place = 3
for number, window in ipairs({WINDOWS[2], WINDOWS[3]}) do
  for _ = 1, tonumber(ARGV[number]) do
    added(limit, window, limit.now - ARGV[place] * 1000000, tonumber(ARGV[place + 1]))
    place = place + 2
  end
end
limit.level = limit.burst
closed(limit)
return 1
"""
)

HOLD = f"""
local FORGOTTEN = 3000000  -- us: so long after a loss nobody is told more than before; by then all have asked again
local time = {CLOCK}
local now = time[1] * 1000000 + time[2]
local most, holder, wanted, lease = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local open = tonumber(ARGV[5])  -- none: who asks again has closed what it was told less
local had = tonumber(ARGV[6])  -- what it was told before, as it remembers itself
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
if wanted < 1 then
  redis.call('ZREM', KEYS[1], holder)
  redis.call('HDEL', KEYS[2], holder)
  return 0
end
if had > 0 and redis.call('HEXISTS', KEYS[2], holder) == 0 then
  redis.call('SET', KEYS[3], string.format('%.0f', now + FORGOTTEN), 'PX', FORGOTTEN / 1000)
end
redis.call('ZADD', KEYS[1], now + lease, holder)
for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + 2 * lease), '+inf')) do
  redis.call('ZADD', KEYS[1], now + lease, ahead)  -- from before Redis's clock was set back; the living ask again soon
end
local share = math.max(1, math.floor(most / redis.call('ZCARD', KEYS[1])))
local taken, claimed, told_before = 0, 0, 0
local kept = redis.call('HGETALL', KEYS[2])  -- of each: what it is told, what may still be open, what it wanted
for place = 1, #kept, 2 do
  local told, before, wants = string.match(kept[place + 1], '(%d+) (%d+) (%d+)')
  if kept[place] == holder then
    told_before = tonumber(told)
  else
    taken = taken + math.max(tonumber(told), tonumber(before))
    claimed = claimed + math.max(tonumber(told), math.min(tonumber(wants), share))
  end
end
local told = math.max(0, math.min(wanted, math.max(share, most - claimed), most - taken))
local careful = tonumber(redis.call('GET', KEYS[3]) or 0)
if careful > now and careful <= now + FORGOTTEN then told = math.min(told, had) end
redis.call('HSET', KEYS[2], holder, told .. ' ' .. (open or told_before) .. ' ' .. wanted)
redis.call('PEXPIRE', KEYS[1], 86400000)
redis.call('PEXPIRE', KEYS[2], 86400000)
return told
"""
