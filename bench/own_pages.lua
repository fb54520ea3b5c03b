-- As visitors.lua, and each request has an address of its own, so that no page is one that was made for another visitor.
dofile("bench/visitors.lua")

local threads = 0
setup = function(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local as_visitor = request
local begun, asked, first = os.time(), 0, nil
request = function()
  first = first or wrk.path
  asked = asked + 1
  wrk.path = string.format("%s%srequest=%d.%d.%d", first, first:find("?", 1, true) and "&" or "?", begun, number, asked)
  return as_visitor()
end
