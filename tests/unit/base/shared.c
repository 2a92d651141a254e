/* Memory that processes share: what a child writes is there for its parent. */
#include "base/shared.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

Test(shared, outlives_the_child_that_wrote_it)
{
    int *numbers = stator_shared_create(1000 * sizeof(*numbers));
    cr_assert_not_null(numbers);
    cr_expect_eq(numbers[999], 0);
    pid_t pid = fork();
    if (pid == 0) {
        numbers[999] = 42;
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_expect_eq(numbers[999], 42);
    stator_shared_destroy(numbers, 1000 * sizeof(*numbers));
}

Test(shared, too_much_is_none)
{
    cr_expect_null(stator_shared_create((size_t)-1 / 2));
    stator_shared_destroy(NULL, 1);
}
