-- What wrk says at the end, on one line: requests per second, p50 and p95 in milliseconds, answers that were no success.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %.1f %.1f %.1f %d\n",
    summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000,
    latency:percentile(95) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status
  ))
end
