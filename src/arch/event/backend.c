/*
 * libevent's back-ends by name.
 *
 * Knows how libevent is told which one to take: by naming all that it is not to.
 */
#include "arch/event/backend.h"

#include <event2/event.h>
#include <stdbool.h>
#include <string.h>

static bool is_supported(const char *backend)
{
    for (const char **name = event_get_supported_methods(); *name != NULL; name++) {
        if (strcmp(*name, backend) == 0) {
            return true;
        }
    }
    return false;
}

struct event_base *stator_backend_open(const char *backend)
{
    struct event_config *config = NULL;
    struct event_base *base = NULL;

    if (backend == NULL || is_supported(backend)) {
        config = event_config_new();
    }
    if (config == NULL) {
        return NULL;
    }
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    for (const char **name = event_get_supported_methods(); *name != NULL; name++) {
        if (backend != NULL && strcmp(*name, backend) != 0) {
            event_config_avoid_method(config, *name);
        }
    }
    base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}
