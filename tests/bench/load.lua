-- What wrk asks for, and its figures as one line of JSON, exact where wrk's own text is rounded.
-- Arguments: plain | batch DEPTH | zipf FILES SEED | uniform FILES SEED. Requests are drawn before
-- the clock runs: a request costs the client one look into a table.

local DRAWS = 262144

-- Inverse of the cumulated 1/rank, by bisection.
local function zipf(files)
    local sums, sum = {}, 0
    for rank = 1, files do
        sum = sum + 1 / rank
        sums[rank] = sum
    end
    return function()
        local wanted, low, high = math.random() * sum, 1, files
        while low < high do
            local middle = math.floor((low + high) / 2)
            if sums[middle] < wanted then
                low = middle + 1
            else
                high = middle
            end
        end
        return low
    end
end

local function uniform(files)
    return function()
        return math.random(files)
    end
end

local function drawn(draw, files)
    local requests, sequence, at = {}, {}, 0
    for file = 1, files do
        requests[file] = wrk.format("GET", string.format("/many/%04d.html", file - 1))
    end
    for i = 1, DRAWS do
        sequence[i] = requests[draw()]
    end
    return function()
        at = at % DRAWS + 1
        return sequence[at]
    end
end

function init(arguments)
    local shape, amount = arguments[1], tonumber(arguments[2])
    if shape == "batch" then
        local batch = string.rep(wrk.format(), amount)
        request = function()
            return batch
        end
    elseif shape == "zipf" or shape == "uniform" then
        math.randomseed(tonumber(arguments[3]))
        request = drawn((shape == "zipf" and zipf or uniform)(amount), amount)
    end
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        '{"requests": %d, "bytes": %d, "duration_us": %d, "p99_us": %d, "connect": %d, ' ..
        '"read": %d, "write": %d, "status": %d, "timeout": %d}\n',
        summary.requests, summary.bytes, summary.duration, latency:percentile(99), e.connect,
        e.read, e.write, e.status, e.timeout))
end
