/*
 * What a run needs: whether it can be made here at all, then buffers, sockets' watch and teams.
 *
 * Knows limits, of descriptors and of ports; refuses to know time. The one surprising thing: a
 * connection that has ended keeps its port for a while, so short ones need more source addresses
 * than there are clients.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "base/fd.h"
#include "lab/load/clock.h"
#include "lab/load/engine.h"
#include "lab/load/socket.h"

#define SPARE        32    /* descriptors that are not connections */
#define PORTS        20000 /* of one source address; systems have 28,000 */
#define SOURCES_MAX  250
#define CHURN        16 /* source addresses where connections are short */
#define PIPELINE_MAX 1024

static bool is_sound(const struct stator_load_group *group)
{
    bool open =
        group->arrival != STATOR_LOAD_ARRIVAL_CLOSED && group->manner != STATOR_LOAD_MANNER_IDLE;
    bool slow = group->manner == STATOR_LOAD_MANNER_SLOW_READER ||
                group->manner == STATOR_LOAD_MANNER_SLOW_WRITER;

    return group->clients > 0 && group->target_count > 0 && (!open || group->rate > 0) &&
           (!slow || group->pace > 0) && group->pipeline <= PIPELINE_MAX;
}

/* How many connections there will be at a time. Fails: -EINVAL, -EMFILE. */
static int count_clients(const struct stator_load_spec *spec, size_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < spec->group_count; i++) {
        if (!is_sound(&spec->groups[i])) {
            return -EINVAL;
        }
        count += spec->groups[i].clients;
    }
    if (count == 0) {
        return -EINVAL;
    }
    if (count + SPARE > stator_fd_limit()) {
        return -EMFILE;
    }
    *out = count;
    return 0;
}

/* Of how many addresses to connect; 0: as the system likes. */
static unsigned choose_sources(const struct stator_load_spec *spec, size_t clients)
{
    bool loopback = (ntohl(spec->server.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
    size_t count = (clients + PORTS - 1) / PORTS;

    if (!loopback || !stator_load_socket_has_sources()) {
        return 0;
    }
    if (spec->sources > 0) {
        return spec->sources < SOURCES_MAX ? spec->sources : SOURCES_MAX;
    }
    for (size_t i = 0; i < spec->group_count; i++) {
        const struct stator_load_group *group = &spec->groups[i];

        if ((group->per_connection > 0 || group->manner == STATOR_LOAD_MANNER_ABORT) &&
            count < CHURN) {
            count = CHURN;
        }
    }
    return count > 1 ? (unsigned)(count < SOURCES_MAX ? count : SOURCES_MAX) : 0;
}

void stator_load_engine_finish(struct stator_load_engine *engine)
{
    for (size_t i = 0; i < engine->client_group_count; i++) {
        stator_load_client_group_finish(&engine->client_groups[i]);
    }
    free(engine->client_groups);
    stator_load_wait_destroy(engine->wait);
    free(engine->buffer);
    free(engine->times);
}

int stator_load_engine_init(struct stator_load_engine *engine, const struct stator_load_spec *spec)
{
    size_t clients = 0;
    int code = count_clients(spec, &clients);

    *engine = (struct stator_load_engine){.spec = spec};
    if (code < 0) {
        return code;
    }
    engine->now = stator_load_now();
    engine->sources = choose_sources(spec, clients);
    stator_timing_wheel_init(&engine->wheel, engine->now / 1000000);
    engine->buffer = malloc(STATOR_LOAD_BUFFER);
    engine->client_groups = calloc(spec->group_count, sizeof(*engine->client_groups));
    code = engine->buffer != NULL && engine->client_groups != NULL ? 0 : -ENOMEM;
    code = code == 0 ? stator_load_wait_create(clients, &engine->wait) : code;
    while (code == 0 && engine->client_group_count < spec->group_count) {
        struct stator_load_client_group *client_group =
            &engine->client_groups[engine->client_group_count];

        code = stator_load_client_group_init(client_group, engine, engine->client_group_count);
        engine->client_group_count++;
    }
    return code;
}
