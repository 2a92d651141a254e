/*
 * Asks every design the same things, and compares all that comes with what the first one sends:
 * byte for byte, but for the date and for boundaries, which are drawn by lot.
 *
 * Knows which answers are worth comparing, by their status; refuses to know what else must stand in
 * them, which is the corpus's. The one surprising thing: nothing is told of lengths here; the end
 * of each connection is asked for, so that all bytes before it are compared.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/server.h"
#include "wire/targets.h"

#define PATIENCE_MS 20000

#define HOST "Host: h\r\n"
#define LAST "Host: h\r\nConnection: close\r\n"

/* One connection: what is sent, then, after the first byte came, what is sent next; and the status
 * of each answer. */
static const struct script {
    const char *label;
    const char *first;
    const char *next; /* NULL for nothing */
    const char *statuses;
} scripts[] = {
    {"a file", "GET /digits.txt HTTP/1.1\r\n" LAST "\r\n", NULL, "200"},
    {"a large file", "GET /big.bin HTTP/1.1\r\n" LAST "\r\n", NULL, "200"},
    {"HEAD of a large file", "HEAD /big.bin HTTP/1.1\r\n" LAST "\r\n", NULL, "200"},
    {"HEAD of a missing file", "HEAD /nowhere HTTP/1.1\r\n" LAST "\r\n", NULL, "404"},
    {"not modified",
     "GET /digits.txt HTTP/1.1\r\n" LAST "If-Modified-Since: Thu, 02 Jan 2020 03:04:05 GMT\r\n\r\n",
     NULL, "304"},
    {"precondition failed", "GET /digits.txt HTTP/1.1\r\n" LAST "If-Match: \"other\"\r\n\r\n", NULL,
     "412"},
    {"one range", "GET /big.bin HTTP/1.1\r\n" LAST "Range: bytes=1000-70000\r\n\r\n", NULL, "206"},
    {"three ranges", "GET /big.bin HTTP/1.1\r\n" LAST "Range: bytes=0-9,500-599,-7\r\n\r\n", NULL,
     "206"},
    {"a range past the end", "GET /digits.txt HTTP/1.1\r\n" LAST "Range: bytes=10-\r\n\r\n", NULL,
     "416"},
    {"no such file", "GET /nowhere HTTP/1.1\r\n" LAST "\r\n", NULL, "404"},
    {"outside", "GET /link-out HTTP/1.1\r\n" LAST "\r\n", NULL, "404"},
    {"a method that a file has not", "DELETE /digits.txt HTTP/1.1\r\n" LAST "\r\n", NULL, "405"},
    {"a method that nobody has", "BREW /digits.txt HTTP/1.1\r\n" LAST "\r\n", NULL, "501"},
    {"OPTIONS", "OPTIONS * HTTP/1.1\r\n" LAST "\r\n", NULL, "204"},
    {"a listing", "GET /bare/ HTTP/1.1\r\n" LAST "\r\n", NULL, "200"},
    {"a redirect", "GET /dir?a=b HTTP/1.1\r\n" LAST "\r\n", NULL, "308"},
    {"an index", "GET /dir/ HTTP/1.1\r\n" LAST "\r\n", NULL, "200"},
    {"HTTP/1.0", "GET /digits.txt HTTP/1.0\r\n\r\n", NULL, "200"},
    {"no Host", "GET /digits.txt HTTP/1.1\r\n\r\n", NULL, "400"},
    {"two lengths",
     "POST /digits.txt HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nGET / "
     "HTTP/1.1\r\n" LAST "\r\n",
     NULL, "400"},
    {"no HTTP", "hello\r\n\r\n", NULL, "400"},
    {"another version", "GET / HTTP/2.0\r\n" LAST "\r\n", NULL, "505"},
    {"a body", "POST /digits.txt HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nhello", NULL, "405"},
    {"a batch",
     "GET /digits.txt HTTP/1.1\r\n" HOST "\r\nHEAD /big.bin HTTP/1.1\r\n" HOST
     "\r\nGET /nowhere HTTP/1.1\r\n" HOST "\r\nGET /big.bin HTTP/1.1\r\n" HOST
     "\r\nGET /empty.txt HTTP/1.1\r\n" HOST "\r\nGET /hello.txt HTTP/1.1\r\n" LAST "\r\n",
     NULL, "200 200 404 200 200 200"},
    {"a batch that goes wrong",
     "GET /digits.txt HTTP/1.1\r\n" HOST "\r\nGET /hello.txt HTTP/1.1\r\nno colon\r\n\r\n"
     "GET /hello.txt HTTP/1.1\r\n" LAST "\r\n",
     NULL, "200 400"},
    {"one after another", "GET /digits.txt HTTP/1.1\r\n" HOST "\r\n",
     "GET /hello.txt HTTP/1.1\r\n" LAST "\r\n", "200 200"},
    {"a second one that goes wrong", "GET /big.bin HTTP/1.1\r\n" HOST "\r\n",
     "GET nowhere HTTP/1.1\r\n" HOST "\r\n", "200 400"},
};

#define SCRIPTS (sizeof(scripts) / sizeof(scripts[0]))

/* --- asking --------------------------------------------------------------------------------- */

static void send_all(int fd, const char *text)
{
    struct stator_span left = stator_span_from(text);

    while (left.length > 0) {
        ssize_t sent = send(fd, left.at, left.length, MSG_NOSIGNAL);

        if (sent < 0 && errno != EINTR) {
            return; /* what came meanwhile is compared all the same */
        }
        left = stator_span_skip(left, sent > 0 ? (size_t)sent : 0);
    }
}

/* Adds what comes. False when nothing more will. */
static bool take(int fd, struct stator_text *out)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    char *room = stator_text_reserve(out, 65536);
    ssize_t got = -1;

    if (room != NULL && poll(&waiting, 1, PATIENCE_MS) > 0) {
        got = recv(fd, room, 65536, 0);
    }
    out->length += got > 0 ? (size_t)got : 0;
    if (got < 0) {
        stator_text_add_string(out, "\n[cut, or silence]\n");
    }
    return got > 0;
}

static void ask(const struct wire_server *server, const struct script *script,
                struct stator_text *out)
{
    int fd = wire_server_connect(server);
    bool goes_on;

    send_all(fd, script->first);
    goes_on = take(fd, out);
    if (script->next != NULL) {
        send_all(fd, script->next);
    }
    while (goes_on) {
        goes_on = take(fd, out);
    }
    close(fd);
}

/* --- comparing ------------------------------------------------------------------------------ */

/* Overwrites every `what` that stands in the text. */
static void blot(struct stator_text *text, struct stator_span what)
{
    char *at = text->at, *end = text->at + text->length;

    while ((at = memmem(at, (size_t)(end - at), what.at, what.length)) != NULL) {
        memset(at, '#', what.length);
        at += what.length;
    }
}

/* What stands between `lead` and the end of its line, behind the place `from`. */
static struct stator_span find_rest(const struct stator_text *text, size_t from, const char *lead)
{
    const char *end = text->at + text->length;
    const char *at = memmem(text->at + from, text->length - from, lead, strlen(lead));
    const char *stop;

    if (at == NULL) {
        return (struct stator_span){NULL, 0};
    }
    at += strlen(lead);
    stop = memchr(at, '\r', (size_t)(end - at));
    return (struct stator_span){at, (size_t)((stop != NULL ? stop : end) - at)};
}

static void mask(struct stator_text *text, const char *lead)
{
    size_t from = 0;

    for (;;) {
        char word[128];
        struct stator_span found = find_rest(text, from, lead);

        if (found.at == NULL || found.length == 0 || found.length > sizeof(word)) {
            return;
        }
        from = (size_t)(found.at - text->at);
        memcpy(word, found.at, found.length);
        blot(text, (struct stator_span){word, found.length});
    }
}

/* The statuses of the answers. A body could look like one; those of the fixture do not. */
static void read_statuses(const struct stator_text *text, struct stator_text *out)
{
    static const char lead[] = "HTTP/1.1 ";
    const char *at = text->at, *end = text->at + text->length;

    while (at != NULL && (at = memmem(at, (size_t)(end - at), lead, strlen(lead))) != NULL) {
        at += strlen(lead);
        if (end - at >= 3) {
            stator_text_add_string(out, out->length > 0 ? " " : "");
            stator_text_add(out, (struct stator_span){at, 3});
        }
    }
}

static void compare(const struct script *script, const struct wire_server *reference,
                    const struct wire_server *server)
{
    struct stator_text expected = {0}, got = {0}, statuses = {0};
    size_t same = 0;

    ask(reference, script, &expected);
    ask(server, script, &got);
    read_statuses(&got, &statuses);
    cr_expect(stator_span_equal(stator_text_span(&statuses), stator_span_from(script->statuses)),
              "%s: %s: %.*s instead of %s", server->target->arch, script->label,
              (int)statuses.length, statuses.at, script->statuses);
    mask(&expected, "\r\nDate: ");
    mask(&got, "\r\nDate: ");
    mask(&expected, "boundary=");
    mask(&got, "boundary=");
    while (same < expected.length && same < got.length && expected.at[same] == got.at[same]) {
        same++;
    }
    cr_expect(same == expected.length && same == got.length,
              "%s: %s: %zu bytes, %s sends %zu; they part at byte %zu:\n%.*s\n  and\n%.*s",
              server->target->arch, script->label, got.length, reference->target->arch,
              expected.length, same, (int)(got.length - same < 200 ? got.length - same : 200),
              got.at + same, (int)(expected.length - same < 200 ? expected.length - same : 200),
              expected.at + same);
    stator_text_finish(&expected);
    stator_text_finish(&got);
    stator_text_finish(&statuses);
}

ParameterizedTestParameters(same, bytes)
{
    struct wire_targets targets;

    wire_targets_find(&targets);
    size_t *indices = cr_malloc(targets.count * sizeof(*indices));
    for (size_t i = 0; i < targets.count; i++) {
        indices[i] = i;
    }
    return cr_make_param_array(size_t, indices, targets.count, NULL);
}

/* Each against the first; the first against another server of its own. */
ParameterizedTest(size_t *index, same, bytes, .timeout = 120)
{
    struct wire_targets targets;
    struct wire_fixture fixture;
    struct wire_server reference, server;
    struct stator_text error = {0};
    const struct wire_site *site = wire_site_find(STATOR_SPAN("listing"));

    signal(SIGPIPE, SIG_IGN);
    wire_targets_find(&targets);
    cr_assert(wire_fixture_init(&fixture, &error), "%.*s", (int)error.length, error.at);
    cr_assert(wire_fixture_settle(&fixture), "the fixture's files stay young");
    wire_server_start(&reference, site, &fixture, &targets.at[0]);
    wire_server_start(&server, site, &fixture, &targets.at[*index]);
    for (size_t i = 0; i < SCRIPTS; i++) {
        compare(&scripts[i], &reference, &server);
    }
    wire_server_stop(&server);
    wire_server_stop(&reference);
    wire_fixture_finish(&fixture);
}
