#pragma once
// Parts of the C library that the toolchain's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
