-- As report.lua, and each request comes from the next of ten thousand visitors: a single one is soon asked to wait. To be used on a server
-- that trusts one proxy.
dofile("bench/report.lua")

local visitor = 0
request = function()
  visitor = (visitor + 1) % 10000
  wrk.headers["X-Forwarded-For"] = string.format("10.0.%d.%d", math.floor(visitor / 250), visitor % 250)
  return wrk.format()
end
