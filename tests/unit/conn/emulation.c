/* Emulated devices: who waits for which one when, in emulated time, and that nobody waits twice. */
#include "exchange/emulation.h"

#include <event2/buffer.h>

#include "conn/conn.h"
#include "steps.h"
#include "unit/exchange/fixture.h"

/* Processors take 2 and the disk 8; whatever is asked of them is written down. */
struct devices {
    struct stator_emulation emulation;
    char said[256];
    bool missing;
};

static void say(struct devices *devices, const char *what, int64_t since)
{
    size_t length = strlen(devices->said);

    snprintf(devices->said + length, sizeof(devices->said) - length, "%s%d ", what, (int)since);
}

static int64_t compute(void *context, int64_t since)
{
    say(context, "c", since);
    return since + 2;
}

static bool misses(void *context, struct stator_span path)
{
    cr_expect(stator_span_starts(path, STATOR_SPAN("/")));
    return ((struct devices *)context)->missing;
}

static int64_t fetch(void *context, int64_t since)
{
    say(context, "f", since);
    return since + 8;
}

struct scene {
    struct fixture fixture;
    struct devices devices;
    struct stator_conn conn;
    struct stator_output out;
    struct evbuffer *in;
};

static void scene_open(struct scene *scene, bool missing)
{
    *scene = (struct scene){0};
    fixture_open(&scene->fixture);
    fixture_write(&scene->fixture, "site/a.txt", "a", 1);
    scene->devices.emulation = (struct stator_emulation){&scene->devices, compute, misses, fetch};
    scene->devices.missing = missing;
    scene->fixture.worker->emulation = &scene->devices.emulation;
    scene->in = evbuffer_new();
    stator_output_init(&scene->out);
    stator_conn_init(&scene->conn, scene->fixture.worker, "192.0.2.1");
}

static void scene_close(struct scene *scene)
{
    stator_conn_finish(&scene->conn, &scene->out);
    stator_output_finish(&scene->out);
    evbuffer_free(scene->in);
    fixture_close(&scene->fixture);
}

static void ask(struct scene *scene, const char *target)
{
    evbuffer_add_printf(scene->in, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", target);
}

/* Steps until something else than the output is to be seen to; how often it was drained. */
static enum stator_want go(struct scene *scene, int *drained)
{
    enum stator_want want;
    char bytes[4096];

    while ((want = steps_step(&scene->conn, scene->in, &scene->out)) == STATOR_WANT_WRITE) {
        while (stator_output_pull(&scene->out, bytes, sizeof(bytes)) > 0) {
        }
        *drained += 1;
    }
    return want;
}

/* Each request begins where the one before ended, on the worker or on the connection. */
Test(emulation, requests_are_chained_in_emulated_time)
{
    struct scene scene;
    int drained = 0;

    scene_open(&scene, true);
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    scene.devices.missing = false;
    ask(&scene, "/none");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    cr_expect_str_eq(scene.devices.said, "c0 f2 c10 ");
    cr_expect_eq(scene.conn.emulation.until, 12);
    /* The worker served another client meanwhile; then another worker serves this one. */
    scene.fixture.worker->emulated_until = 50;
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    scene.fixture.worker->emulated_until = 0;
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    cr_expect_str_eq(scene.devices.said, "c0 f2 c10 c50 c52 ");
    cr_expect_eq(drained, 4);
    scene_close(&scene);
}

/* What needs no device gets none: not a file, and not a request. */
Test(emulation, only_requests_for_paths_need_devices)
{
    struct scene scene;
    int drained = 0;

    scene_open(&scene, true);
    evbuffer_add_printf(scene.in, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n");
    go(&scene, &drained);
    cr_expect_str_eq(scene.devices.said, "");
    cr_expect_geq(drained, 1);
    scene_close(&scene);
}

/* Answers that are ready are sent before anybody waits; each request is computed once for all. */
Test(emulation, an_answer_does_not_wait_for_the_next_request)
{
    struct scene scene;
    int drained = 0;

    scene_open(&scene, false);
    ask(&scene, "/a.txt");
    ask(&scene, "/a.txt");
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    cr_expect_eq(drained, 3);
    cr_expect_str_eq(scene.devices.said, "c0 c2 c4 ");
    scene_close(&scene);
}

/* Where somebody else waits for the disk, the connection does not, unless nobody went. */
Test(emulation, a_miss_is_left_to_whoever_waits_for_others)
{
    struct scene scene;
    int drained = 0;

    scene_open(&scene, true);
    scene.fixture.worker->defers = true;
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_WAIT);
    cr_expect_eq(drained, 0);
    cr_expect(scene.conn.emulation.misses);
    cr_expect_eq(scene.conn.emulation.until, 2);
    scene.conn.emulation = (struct stator_emulation_point){.until = 10}; /* somebody went */
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    cr_expect_str_eq(scene.devices.said, "c0 ");
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_WAIT);
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ); /* nobody went */
    cr_expect_str_eq(scene.devices.said, "c0 c10 f12 ");
    cr_expect_eq(drained, 2);
    scene_close(&scene);
}

/* A path that is not known yet is looked up by somebody, though it needs no emulated disk. */
Test(emulation, a_hit_is_looked_up_like_any_path)
{
    struct scene scene;
    int drained = 0;

    scene_open(&scene, false);
    scene.fixture.worker->defers = true;
    ask(&scene, "/a.txt");
    ask(&scene, "/a.txt");
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_WAIT);
    cr_expect_not(scene.conn.emulation.misses);
    cr_expect_eq(go(&scene, &drained), STATOR_WANT_READ);
    cr_expect_str_eq(scene.devices.said, "c0 c2 ");
    scene_close(&scene);
}
