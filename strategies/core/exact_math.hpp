// log, exp, pow and the normal quantile from + - * / and sqrt alone.
//
// IEEE 754 fixes those operations bit for bit, libm does not: this is what keeps a result equal
// on g++ and clang++, -O0 and -O3. Relative error < 1e-12 for log and exp in the range used here,
// < 1e-8 for the normal quantile.
#pragma once

namespace squall::exact {

double log(double x);                      // natural; x > 0
double exp(double x);                      // |x| < 700
double pow(double base, double exponent);  // base > 0; 0 too for an exponent from 0 on
double normal_quantile(double p);          // 0 < p < 1

}  // namespace squall::exact
