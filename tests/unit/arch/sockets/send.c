/* From an output to a socket: all of it, in order, bounded, and never two versions of a file. */
#include "arch/sockets/send.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include "exchange/emit.h"
#include "exchange/respond.h"
#include "unit/exchange/fixture.h"

#define LARGE 900000 /* more than a chunk, less than a budget */

struct pair {
    int ours, theirs;
};

/* A non-blocking end of ours with a small buffer, and a blocking one of the client's. */
static struct pair open_pair(bool tcp)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fds[2], small = 16384;

    if (tcp) {
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
        cr_assert_eq(listen(listener, 1), 0);
        cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
        fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fds[1], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        cr_assert_eq(connect(fds[1], (struct sockaddr *)&address, sizeof(address)), 0);
        fds[0] = accept(listener, NULL, NULL);
        cr_assert_geq(fds[0], 0);
        close(listener);
    } else {
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    }
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return (struct pair){fds[0], fds[1]};
}

static void close_pair(struct pair *pair)
{
    close(pair->ours);
    close(pair->theirs);
}

static void make(struct stator_output *out, const struct stator_entry *entry)
{
    stator_output_init(out);
    out->head = STATOR_SPAN("HEAD|");
    out->body = STATOR_SPAN("BODY|");
    out->entry = entry;
    out->file_left = entry != NULL ? entry->version.size : 0;
}

static char expected_at(size_t index)
{
    return index < 10 ? "HEAD|BODY|"[index] : fixture_byte(index - 10);
}

/* Reads what is there, at most `most`; returns false when a byte is not what it should be. */
static bool receive(int fd, size_t max, size_t *total)
{
    char buffer[8192];

    while (max > 0) {
        ssize_t count = recv(fd, buffer, max < sizeof(buffer) ? max : sizeof(buffer), MSG_DONTWAIT);

        if (count <= 0) {
            return true;
        }
        for (ssize_t i = 0; i < count; i++) {
            if (buffer[i] != expected_at(*total + (size_t)i)) {
                return false;
            }
        }
        *total += (size_t)count;
        max -= (size_t)count;
    }
    return true;
}

Test(drain, head_and_body_arrive_in_order)
{
    struct pair pair = open_pair(false);
    struct stator_output out;
    size_t total = 0;

    make(&out, NULL);
    cr_expect_eq(stator_send_output(&out, pair.ours), 0);
    cr_expect(stator_output_is_empty(&out));
    cr_expect_eq(out.taken, 10);
    cr_expect(receive(pair.theirs, 100, &total));
    cr_expect_eq(total, 10);
    cr_expect_eq(stator_send_output(&out, pair.ours), 0, "nothing is left to do");
    stator_output_finish(&out);
    close_pair(&pair);
}

/* What goes out in one piece and what goes in two are the same bytes, however few go at a time. */
Test(drain, small_bodies_are_joined_and_larger_ones_are_not)
{
    const size_t lengths[] = {1,
                              STATOR_SEND_JOIN - 6,
                              STATOR_SEND_JOIN - 5,
                              STATOR_SEND_JOIN - 4,
                              STATOR_SEND_JOIN,
                              2 * STATOR_SEND_JOIN};
    const uint64_t mosts[] = {3, 7, 1000, STATOR_SEND_JOIN, 4 * STATOR_SEND_JOIN};
    static char body[2 * STATOR_SEND_JOIN], got[2 * STATOR_SEND_JOIN + 5];

    for (size_t i = 0; i < sizeof(body); i++) {
        body[i] = fixture_byte(i);
    }
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t j = 0; j < sizeof(mosts) / sizeof(mosts[0]); j++) {
            struct pair pair = open_pair(false);
            struct stator_output out;
            size_t total = 0;
            int result = -EAGAIN;

            stator_output_init(&out);
            out.head = STATOR_SPAN("HEAD|");
            out.body = (struct stator_span){body, lengths[i]};
            while (result == -EAGAIN) {
                ssize_t count;

                result = stator_send_some(&out, pair.ours, mosts[j]);
                count = recv(pair.theirs, got + total, sizeof(got) - total, MSG_DONTWAIT);
                cr_assert_gt(count, 0, "%zu bytes, %zu at a time: %d", lengths[i], (size_t)mosts[j],
                             result);
                cr_expect_leq((uint64_t)count, mosts[j]);
                total += (size_t)count;
            }
            cr_expect_eq(result, 0);
            cr_expect_eq(total, lengths[i] + 5);
            cr_expect(memcmp(got, "HEAD|", 5) == 0 && memcmp(got + 5, body, lengths[i]) == 0,
                      "%zu bytes, %zu at a time", lengths[i], (size_t)mosts[j]);
            stator_output_finish(&out);
            close_pair(&pair);
        }
    }
}

Test(drain, a_slow_client_gets_every_byte)
{
    struct fixture fixture;
    struct stator_entry *entry;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    entry = fixture_entry(&fixture, "/f.txt");
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct pair pair = open_pair(seed % 2 == 0);
        struct stator_output out;
        uint64_t state = seed;
        size_t total = 0;
        int result = -EAGAIN, refusals = 0;

        make(&out, entry);
        while (total < LARGE + 10) {
            struct pollfd poller = {.fd = pair.theirs, .events = POLLIN};

            if (result == -EAGAIN) {
                result = stator_send_output(&out, pair.ours);
                refusals += result == -EAGAIN;
                cr_assert(result == 0 || result == -EAGAIN, "seed %zu: %d", (size_t)seed, result);
            }
            cr_assert_eq(poll(&poller, 1, 10000), 1, "seed %zu: it stopped at %zu", (size_t)seed,
                         total);
            cr_assert(receive(pair.theirs, 1 + generator_next(&state) % 60000, &total),
                      "seed %zu: wrong bytes near %zu", (size_t)seed, total);
        }
        cr_expect_eq(result == 0 ? 0 : stator_send_output(&out, pair.ours), 0);
        cr_expect_gt(refusals, 0);
        cr_expect_eq(out.taken, LARGE + 10);
        stator_output_finish(&out);
        close_pair(&pair);
    }
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

/* Reads to the end, and after `after` bytes rewrites the file in place. */
struct reader {
    const struct fixture *fixture; /* NULL: it stays as it is */
    int fd;
    size_t after;
    size_t total;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    char buffer[16384];
    ssize_t count;

    while ((count = read(reader->fd, buffer, sizeof(buffer))) > 0) {
        reader->total += (size_t)count;
        if (reader->fixture != NULL && reader->total >= reader->after) {
            fixture_pattern(reader->fixture, "site/f.txt", LARGE);
            fixture_touch(reader->fixture, "site/f.txt", FIXTURE_TIME + 5);
            reader->fixture = NULL;
        }
    }
    return NULL;
}

Test(drain, one_client_does_not_get_it_all_at_once)
{
    struct fixture fixture;
    struct pair pair = open_pair(false);
    struct reader reader = {.fd = pair.theirs};
    struct stator_output out;
    struct stator_entry *entry;
    char path[256];
    pthread_t thread;
    uint64_t before = 0;
    int result;

    fixture_open(&fixture);
    fixture_write(&fixture, "site/f.txt", "", 0);
    fixture_path(&fixture, "site/f.txt", path);
    cr_assert_eq(truncate(path, 5 << 20), 0);
    entry = fixture_entry(&fixture, "/f.txt");
    make(&out, entry);
    fcntl(pair.ours, F_SETFL, 0);
    pthread_create(&thread, NULL, read_all, &reader);
    while ((result = stator_send_output(&out, pair.ours)) == -EAGAIN) {
        cr_expect_geq(out.taken - before, STATOR_SEND_BUDGET);
        cr_expect_leq(out.taken - before, STATOR_SEND_BUDGET + STATOR_SEND_CHUNK);
        before = out.taken;
    }
    cr_expect_eq(result, 0);
    cr_expect_gt(before, 0);
    close(pair.ours);
    pthread_join(thread, NULL);
    cr_expect_eq(reader.total, (5 << 20) + 10);
    close(pair.theirs);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

/* Drains against a client that takes what there is, to the end or to a failure. */
static int drain_all(struct stator_output *out, struct pair *pair, size_t *total)
{
    int result;

    *total = 0;
    while ((result = stator_send_output(out, pair->ours)) == -EAGAIN) {
        struct pollfd poller = {.fd = pair->theirs, .events = POLLIN};

        cr_assert_eq(poll(&poller, 1, 10000), 1);
        receive(pair->theirs, SIZE_MAX, total);
    }
    receive(pair->theirs, SIZE_MAX, total);
    return result;
}

Test(drain, a_file_that_shrinks_cuts_the_response)
{
    static const off_t sizes[] = {0, 1, 100000, LARGE - 1};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct fixture fixture;
        struct pair pair = open_pair(false);
        struct stator_output out;
        struct stator_entry *entry;
        char path[256];
        size_t total;

        fixture_open(&fixture);
        fixture_pattern(&fixture, "site/f.txt", LARGE);
        entry = fixture_entry(&fixture, "/f.txt");
        make(&out, entry);
        cr_expect_eq(stator_send_output(&out, pair.ours), -EAGAIN);
        fixture_path(&fixture, "site/f.txt", path);
        cr_assert_eq(truncate(path, sizes[i]), 0);
        cr_expect_eq(drain_all(&out, &pair, &total), -ESTALE, "%d", (int)sizes[i]);
        cr_expect_lt(total, LARGE + 10, "%d", (int)sizes[i]);
        stator_output_finish(&out);
        stator_entry_unref(entry);
        fixture_close(&fixture);
        close_pair(&pair);
    }
}

Test(drain, a_file_that_changes_while_the_client_is_waited_for)
{
    struct fixture fixture;
    struct pair pair = open_pair(false);
    struct stator_output out;
    struct stator_entry *entry;
    size_t total;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    entry = fixture_entry(&fixture, "/f.txt");
    make(&out, entry);
    cr_expect_eq(stator_send_output(&out, pair.ours), -EAGAIN);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    fixture_touch(&fixture, "site/f.txt", FIXTURE_TIME + 5);
    cr_expect_eq(drain_all(&out, &pair, &total), -ESTALE);
    cr_expect_lt(total, LARGE + 10);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
    close_pair(&pair);
}

/* A blocking socket waits inside a call and never says EAGAIN; the file may change all the same. */
Test(drain, a_file_that_changes_within_a_blocking_call)
{
    struct fixture fixture;
    struct pair pair = open_pair(false);
    struct reader reader = {.fixture = &fixture, .fd = pair.theirs, .after = 1};
    struct stator_output out;
    struct stator_entry *entry;
    pthread_t thread;
    int result;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    entry = fixture_entry(&fixture, "/f.txt");
    make(&out, entry);
    fcntl(pair.ours, F_SETFL, 0);
    pthread_create(&thread, NULL, read_all, &reader);
    do {
        result =
            stator_send_output(&out, pair.ours); /* a call that meets the rewriting ends early */
    } while (result == -EAGAIN);
    cr_expect_eq(result, -ESTALE);
    close(pair.ours);
    pthread_join(thread, NULL);
    cr_expect_lt(reader.total, LARGE + 10);
    close(pair.theirs);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

/* The entry may be as old as the cache lets it be, and the head already names its validators. */
Test(drain, a_file_that_changed_before_its_first_byte)
{
    struct fixture fixture;
    struct pair pair = open_pair(false);
    struct stator_output out;
    struct stator_entry *entry;
    size_t total;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", 70000);
    entry = fixture_entry(&fixture, "/f.txt");
    make(&out, entry);
    out.file_left = 100;
    fixture_pattern(&fixture, "site/f.txt", 70000);
    fixture_touch(&fixture, "site/f.txt", FIXTURE_TIME + 5);
    cr_expect_eq(drain_all(&out, &pair, &total), -ESTALE);
    cr_expect_leq(total, 10);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
    close_pair(&pair);
}

Test(drain, the_parts_of_a_response_are_one_version)
{
    struct fixture fixture;
    struct pair pair = open_pair(false);
    struct stator_output out;
    struct stator_response response;
    size_t total;
    int result = 0;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    stator_output_init(&out);
    stator_response_init(&response);
    stator_respond(fixture_parse(&fixture, "GET /f.txt HTTP/1.1\r\nHost: h\r\n"
                                           "Range: bytes=0-799999,899000-899099\r\n\r\n"),
                   fixture.worker, &response);
    cr_assert_eq(stator_emit(&response, fixture.worker, &out), 1);
    while ((result = stator_send_output(&out, pair.ours)) == -EAGAIN) {
        receive(pair.theirs, SIZE_MAX, &total);
    }
    cr_assert_eq(result, 0);
    fixture_pattern(&fixture, "site/f.txt", LARGE);
    fixture_touch(&fixture, "site/f.txt", FIXTURE_TIME + 5);
    cr_assert_eq(stator_emit(&response, fixture.worker, &out), 1);
    cr_expect_eq(drain_all(&out, &pair, &total), -ESTALE);
    stator_response_finish(&response);
    stator_output_finish(&out);
    fixture_close(&fixture);
    close_pair(&pair);
}

Test(drain, a_client_that_is_gone_is_an_error_and_no_signal)
{
    for (int tcp = 0; tcp < 2; tcp++) {
        struct pair pair = open_pair(tcp == 1);
        struct stator_output out;
        int result = 0;

        close(pair.theirs);
        for (int i = 0; i < 1000 && result == 0; i++) {
            make(&out, NULL);
            result = stator_send_output(&out, pair.ours);
            stator_output_finish(&out);
        }
        cr_expect(result == -EPIPE || result == -ECONNRESET, "%d", result);
        close(pair.ours);
    }
}

Test(drain, transfers_from_any_offset_and_leaves_the_position)
{
    static const struct {
        uint64_t offset;
        size_t length;
        int64_t sent;
        char first;
    } rows[] = {
        {0, 1, 1, '\0'},           {5000000000, 4, 4, 'e'},    {5000000000, 100, 4, 'e'},
        {5000000003, 100, 1, 'n'}, {5000000004, 100, 0, '\0'}, {6000000000, 100, 0, '\0'},
    };
    char path[] = "/tmp/stator-unit-XXXXXX";
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    unlink(path);
    cr_assert_eq(pwrite(fd, "eoan", 4, 5000000000), 4);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pair pair = open_pair(false);
        char byte = 'x';

        cr_expect_eq(stator_send_file(pair.ours, fd, rows[i].offset, rows[i].length), rows[i].sent,
                     "row %zu", i);
        cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0);
        if (rows[i].sent > 0) {
            cr_expect_eq(recv(pair.theirs, &byte, 1, MSG_DONTWAIT), 1, "row %zu", i);
            cr_expect_eq(byte, rows[i].first, "row %zu", i);
        }
        close_pair(&pair);
    }
    close(fd);
}

Test(drain, transfer_says_when_the_socket_is_full)
{
    struct pair pair = open_pair(true);
    char path[] = "/tmp/stator-unit-XXXXXX";
    int fd = mkstemp(path);
    int64_t sent = 1;
    uint64_t total = 0;

    cr_assert_geq(fd, 0);
    unlink(path);
    cr_assert_eq(ftruncate(fd, 64 << 20), 0);
    while (sent > 0) {
        sent = stator_send_file(pair.ours, fd, total, 65536);
        total += sent > 0 ? (uint64_t)sent : 0;
    }
    cr_expect_eq(sent, -EAGAIN);
    cr_expect_lt(total, 64 << 20);
    close(fd);
    close_pair(&pair);
}

/* The minimum rate is computed from it: more than was sent would make a fast client look slow. */
Test(drain, no_more_is_queued_than_was_sent)
{
    for (int tcp = 0; tcp < 2; tcp++) {
        struct pair pair = open_pair(tcp == 1);
        char bytes[100] = {0};
        uint64_t total = 0;
        ssize_t sent;

        cr_expect_eq(stator_send_queued(pair.ours, 0), 0, "tcp %d", tcp);
        while ((sent = send(pair.ours, bytes, sizeof(bytes), MSG_NOSIGNAL)) > 0) {
            total += (uint64_t)sent;
            cr_assert_leq(stator_send_queued(pair.ours, 0), total, "tcp %d: %zu of %zu", tcp,
                          (size_t)stator_send_queued(pair.ours, 0), (size_t)total);
        }
        close_pair(&pair);
    }
}

/* RFC 9112 9.6: a connection may be closed at once only where nothing of it can be lost. */
Test(drain, an_end_is_settled_where_closing_loses_nothing)
{
    static const struct {
        const char *label;
        bool sends_on, is_long, takes, settled;
    } rows[] = {{"short", false, false, false, true},
                {"short, and bytes that nobody has read", true, false, false, false},
                {"long, and nobody takes it", false, true, false, false},
                {"long, and taken", false, true, true, true}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool linux_only = strcmp(STATOR_TWIN, "Linux") != 0 && rows[i].is_long;
        struct pair pair = open_pair(true);
        struct stator_output output;
        static char bytes[4 << 20];
        size_t length = rows[i].is_long ? sizeof(bytes) : 100, got = 0;

        stator_output_init(&output);
        output.head = (struct stator_span){bytes, length};
        output.last = true;
        if (rows[i].sends_on) {
            struct pollfd poller = {.fd = pair.ours, .events = POLLIN};

            cr_assert_eq(send(pair.theirs, "x", 1, MSG_NOSIGNAL), 1);
            cr_assert_eq(poll(&poller, 1, 10000), 1);
        }
        stator_send_output(&output, pair.ours);
        for (int tries = 0; rows[i].takes && tries < 100000 && got < length; tries++) {
            ssize_t count = recv(pair.theirs, bytes, sizeof(bytes), MSG_DONTWAIT);

            got += count > 0 ? (size_t)count : 0;
            stator_send_output(&output, pair.ours);
        }
        for (int tries = 0; rows[i].takes && tries < 5000; tries++) {
            usleep(stator_send_queued(pair.ours, 0) > 0 ? 1000 : 0); /* it acknowledges late */
        }
        cr_expect_eq(stator_send_shutdown(&output, pair.ours), rows[i].settled && !linux_only, "%s",
                     rows[i].label);
        cr_expect_eq(send(pair.ours, "x", 1, MSG_NOSIGNAL), -1, "it is shut");
        if (!rows[i].is_long) {
            close(pair.ours); /* what was held back for the end has left before */
            pair.ours = -1;
            cr_expect_eq(recv(pair.theirs, bytes, 101, 0), 100, "%s", rows[i].label);
        }
        close_pair(&pair);
    }
}

/* A bound is one for head, body and file together, wherever it falls. */
Test(drain, some_is_never_more_than_that)
{
    struct fixture fixture;
    struct stator_entry *entry;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/large.txt", 100000);
    entry = fixture_entry(&fixture, "/large.txt");
    for (uint64_t max = 1; max < 100000; max = max * 3 + 1) {
        struct pair pair = open_pair(false);
        struct stator_output out;
        size_t total = 0;
        uint64_t before = 0;
        int result;

        make(&out, entry);
        while ((result = stator_send_some(&out, pair.ours, max)) == -EAGAIN && total < 5000) {
            cr_expect_leq(out.taken - before, max);
            before = out.taken;
            cr_expect(receive(pair.theirs, SIZE_MAX, &total), "%d", (int)max);
        }
        cr_expect(result == -EAGAIN || result == 0);
        cr_expect_leq(out.taken - before, max);
        stator_output_finish(&out);
        close_pair(&pair);
    }
    stator_entry_unref(entry);
    fixture_close(&fixture);
}
