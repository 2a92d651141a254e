/*
 * Names what is to be tested, by what stator_arch_each names: a design is here as soon as it is
 * registered. What is added by hand is what else a design can stand on.
 */
#include "wire/designs.h"

#include <stdio.h>
#include <string.h>

#include "stator/stator.h"

static void add_design(const char *name, const char *summary, const char *knobs, void *context)
{
    struct wire_designs *designs = context;
    (void)summary;
    (void)knobs;
    if (designs->count < WIRE_DESIGNS_MAX) {
        struct wire_design *design = &designs->at[designs->count++];
        snprintf(design->arch, sizeof(design->arch), "%s", name);
    }
}

void wire_designs_find(struct wire_designs *out)
{
    *out = (struct wire_designs){0};
    stator_arch_each(add_design, out);
    add_design("fork:most=1", NULL, NULL, out);
    add_design("prefork:assign=mutex", NULL, NULL, out);
    add_design("prefork:assign=pass", NULL, NULL, out);
    if (strcmp(STATOR_TWIN, "Linux") == 0) {
        add_design("prefork:assign=reuseport", NULL, NULL, out);
        add_design("event-prefork:assign=reuseport", NULL, NULL, out);
    }
    add_design("thread:most=1", NULL, NULL, out);
    add_design("pool:unit=request,workers=1", NULL, NULL, out);
    add_design("pool:queues=8,discipline=strict", NULL, NULL, out);
    add_design("pool:unit=request,queues=2,discipline=aging", NULL, NULL, out);
    add_design("pool:unit=request,discipline=sff,cap=1", NULL, NULL, out);
    add_design("thread-request:most=1", NULL, NULL, out);
    add_design("thread-object:map=path,objects=2", NULL, NULL, out);
    add_design("event:backend=poll", NULL, NULL, out);
    add_design("event:backend=select", NULL, NULL, out);
    add_design("amped:probe=none,helpers=1", NULL, NULL, out);
    add_design("event", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_design("prefork:assign=pass", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_design("select", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
}
