/* Loaded into a program by LD_PRELOAD: how long its main loop does anything else than wait.
 *
 * GLib's main loop waits in poll(2) or ppoll(2) of the first thread, for several files. From the end
 * of one such call to the beginning of the next, no key press and no frame is dealt with. A wait for
 * one file alone is for an answer, such as the X server's, and counts. What takes longer than a
 * millisecond is written to the file at $STALL_PROBE, a line each: when it began (CLOCK_MONOTONIC),
 * how long it took, and for how much of that the thread could have run but the processor was given to
 * other programs (proc_pid_schedstat(5)), all in microseconds.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

/* How long the first thread has waited for a processor so far. */
static long long waited(void) {
  static int file = -1;
  char text[100];
  long long ran, waits;
  if (file < 0) file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  ssize_t length = pread(file, text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = 0;
  return sscanf(text, "%lld %lld", &ran, &waits) == 2 ? waits / 1000 : 0;
}

static long long began, waits;

static int is_main(nfds_t files) { return files > 1 && gettid() == getpid(); }

static void before(void) {
  static int file = -2;
  if (file == -2) {
    const char *path = getenv("STALL_PROBE");
    file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
  }
  if (began == 0 || file < 0) return;
  long long took = now() - began;
  if (took < 1000) return;
  char line[80];
  int length = snprintf(line, sizeof line, "%lld %lld %lld\n", began, took, waited() - waits);
  if (length > 0 && write(file, line, (size_t)length) < 0) file = -1;
}

static void after(void) {
  waits = waited();
  began = now();
}

int poll(struct pollfd *files, nfds_t count, int limit) {
  static int (*real)(struct pollfd *, nfds_t, int);
  if (!real) real = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
  if (!is_main(count)) return real(files, count, limit);
  before();
  int result = real(files, count, limit);
  after();
  return result;
}

int ppoll(struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask) {
  static int (*real)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
  if (!real)
    real = (int (*)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))dlsym(RTLD_NEXT, "ppoll");
  if (!is_main(count)) return real(files, count, limit, mask);
  before();
  int result = real(files, count, limit, mask);
  after();
  return result;
}
