/*
 * Names what is to be tested, by what stator_arch_each names: a design is here as soon as it is
 * registered. What is added by hand is what else a design can stand on.
 */
#include "wire/targets.h"

#include <stdio.h>
#include <string.h>

#include "stator/stator.h"

static void add_target(const char *name, const char *summary, const char *options, void *context)
{
    struct wire_targets *targets = context;
    (void)summary;
    (void)options;
    if (targets->count < WIRE_TARGETS_MAX) {
        struct wire_target *target = &targets->at[targets->count++];
        snprintf(target->arch, sizeof(target->arch), "%s", name);
    }
}

void wire_targets_find(struct wire_targets *out)
{
    *out = (struct wire_targets){0};
    stator_arch_each(add_target, out);
    add_target("fork:most=1", NULL, NULL, out);
    add_target("prefork:assign=mutex", NULL, NULL, out);
    add_target("prefork:assign=pass", NULL, NULL, out);
    if (strcmp(STATOR_TWIN, "Linux") == 0) {
        add_target("prefork:assign=reuseport", NULL, NULL, out);
        add_target("event-prefork:assign=reuseport", NULL, NULL, out);
    }
    add_target("thread:most=1", NULL, NULL, out);
    add_target("pool:unit=request,workers=1", NULL, NULL, out);
    add_target("pool:queues=8,discipline=strict", NULL, NULL, out);
    add_target("pool:unit=request,queues=2,discipline=aging", NULL, NULL, out);
    add_target("pool:unit=request,discipline=sff,cap=1", NULL, NULL, out);
    add_target("thread-request:most=1", NULL, NULL, out);
    add_target("thread-object:map=path,objects=2", NULL, NULL, out);
    add_target("event:backend=poll", NULL, NULL, out);
    add_target("event:backend=select", NULL, NULL, out);
    add_target("amped:probe=none,helpers=1", NULL, NULL, out);
    add_target("event", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_target("prefork:assign=pass", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_target("select", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
}
