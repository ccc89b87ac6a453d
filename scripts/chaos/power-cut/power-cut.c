#define _GNU_SOURCE
#include "followed.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct real real;

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
bool on;
static sem_t cut_asked;
static char folder[PATH_MAX];
static size_t folder_length;
static bool seeded;
static uint64_t seed;
static long writes_left = -1; /* -1: no cut by count */
static long syncs_left = -1;

void give_up(const char *what) {
  dprintf(2, "power-cut: %s\n", what);
  kill(getpid(), SIGABRT);
  _exit(134);
}

static uint64_t mix(uint64_t x) { /* splitmix64 */
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

bool survives(uint64_t subject, uint64_t part) {
  return seeded && (mix(mix(mix(seed) ^ subject) ^ part) & 1);
}

size_t chosen_prefix(uint64_t subject, size_t bound) {
  return seeded ? (size_t)(mix(mix(seed) ^ ~subject) % (bound + 1)) : 0;
}

/* Rolls everything unsynced back and ends the process. The lock is held and never given back. */
static void cut(void) __attribute__((noreturn));
static void cut(void) {
  struct lost lost = {0};
  files_roll_back(&lost);
  names_roll_back(&lost);
  names_clear();
  dprintf(2, "power-cut: pages lost %zu kept %zu, names lost %zu kept %zu\n", lost.pages_lost,
          lost.pages_kept, lost.names_lost, lost.names_kept);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void *wait_for_signal(void *unused) {
  (void)unused;
  while (sem_wait(&cut_asked) != 0) {
  }
  pthread_mutex_lock(&lock);
  cut();
}

/* A signal handler may take no lock, so it wakes the thread that may. */
static void ask_for_cut(int signal) {
  (void)signal;
  sem_post(&cut_asked);
}

#define FIND(name) real.name = (__typeof__(real.name))dlsym(RTLD_NEXT, #name)

static long number(const char *name) {
  const char *text = getenv(name);
  return text && *text ? strtol(text, NULL, 10) : -1;
}

__attribute__((constructor)) static void start(void) {
  FIND(open);
  FIND(pread);
  FIND(pwrite);
  FIND(ftruncate);
  FIND(rename);
  FIND(unlink);
  FIND(link);
  FIND(rmdir);
  FIND(mkdir);
  const char *wanted = getenv("BAARI_CUT_DIR");
  if (!wanted || !realpath(wanted, folder)) return;
  folder_length = strlen(folder);
  seeded = number("BAARI_CUT_SEED") >= 0;
  seed = (uint64_t)number("BAARI_CUT_SEED");
  writes_left = number("BAARI_CUT_AFTER");
  syncs_left = number("BAARI_CUT_SYNC");
  names_start(folder);
  sem_init(&cut_asked, 0, 0);
  struct sigaction action = {.sa_handler = ask_for_cut, .sa_flags = SA_RESTART};
  int (*real_sigaction)(int, const struct sigaction *, struct sigaction *) =
      (int (*)(int, const struct sigaction *, struct sigaction *))dlsym(RTLD_NEXT, "sigaction");
  pthread_t thread;
  if (real_sigaction(SIGUSR2, &action, NULL) != 0 ||
      pthread_create(&thread, NULL, wait_for_signal, NULL) != 0)
    give_up("cannot wait for the signal");
  on = true;
}

__attribute__((destructor)) static void finish(void) {
  if (!on) return;
  pthread_mutex_lock(&lock);
  names_clear();
}

/* ---- what is followed ---- */

static bool ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

/* SQLite's shared memory is mapped, not written, and rebuilt after a crash. */
static bool below(const char *path) {
  return on && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/' &&
         !ends_with(path, "-shm");
}

/* The absolute name of an entry, its folder resolved; false when that folder does not exist. */
static bool absolute(int dir, const char *path, char *out) {
  char whole[2 * PATH_MAX], parent[PATH_MAX];
  if (path[0] == '/' || dir == AT_FDCWD) {
    snprintf(whole, sizeof whole, "%s", path);
  } else {
    char way[64];
    snprintf(way, sizeof way, "/proc/self/fd/%d", dir);
    ssize_t length = readlink(way, parent, sizeof parent - 1);
    if (length < 0) return false;
    snprintf(whole, sizeof whole, "%.*s/%s", (int)length, parent, path);
  }
  char *slash = strrchr(whole, '/');
  const char *name = slash ? slash + 1 : whole;
  if (!realpath(slash == whole ? "/" : slash ? (*slash = 0, whole) : ".", parent)) return false;
  return snprintf(out, PATH_MAX, "%s/%s", strcmp(parent, "/") ? parent : "", name) < PATH_MAX;
}

bool followed_name(int dir, const char *path, char *out) {
  return on && path && absolute(dir, path, out) && below(out);
}

struct file *lock_file(int fd) {
  struct stat st;
  if (!on || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(&st);
  if (!file) pthread_mutex_unlock(&lock);
  return file;
}

void written(void) {
  if (writes_left > 0 && --writes_left == 0) cut();
  int reason = errno;
  pthread_mutex_unlock(&lock);
  errno = reason;
}

void syncing(void) {
  if (syncs_left > 0 && --syncs_left == 0) cut();
}

/* ---- the signal stays ours: Node resets every signal when it starts ---- */

int sigaction(int signal, const struct sigaction *action, struct sigaction *old) {
  NEXT(int, sigaction, int, const struct sigaction *, struct sigaction *);
  return next(signal, on && signal == SIGUSR2 ? NULL : action, old);
}
