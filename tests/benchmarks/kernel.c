/* The job of job.yaml by hand, in whole hundredths: the limit of what a processor does with it. */
#include <stdint.h>

static int64_t share(int64_t points, int64_t target, int64_t actual) /* times 2·target, in hundredths of points */
{
    if (5 * actual > 6 * target) {
        int64_t tapered = 160 * target - 50 * actual;
        return 2 * points * (tapered > 50 * target ? tapered : 50 * target);
    }
    if (actual >= target) return 200 * points * target;
    if (5 * actual >= 4 * target) return 200 * points * actual;
    return 5 * actual >= 3 * target ? 160 * points * actual : 0;
}

void judge(int64_t documents, int64_t indicators, const int64_t *budget, const int64_t *executed, const uint8_t *said,
           const int64_t *points, const int64_t *target, const int64_t *actual, const uint8_t *explained,
           int64_t *total, int64_t *grade, int64_t *explain)
{
    int64_t row = 0;
    for (int64_t at = 0; at < documents; at++) {
        int64_t rate = (20000 * executed[at] + budget[at]) / (2 * budget[at]);
        int64_t sum = ((rate < 10000 ? rate : 10000) * 2 + 10) / 20, need = 0;
        for (int64_t each = 0; each < indicators; each++, row++) {
            sum += (share(points[row] / 100, target[row], actual[row]) + target[row]) / (2 * target[row]);
            need |= (int64_t)(actual[row] < target[row] && !explained[row]) << each;
        }
        total[at] = sum;
        grade[at] = (sum < 9000) + (sum < 8000) + (sum < 6000);
        explain[at] = need | (int64_t)(rate < 9000 && !said[at]) << indicators;
    }
}
