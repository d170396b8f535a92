//! Registration numbers with right check digits, out of ranges that no tax office has given out.

use super::rng::Rng;

/// Numbers of the tax office that stand after the region: 90 and above belong to nobody.
const OFFICE: &str = "9";

/// The `index`-th of a million six-digit numbers, each once: the base has no two equal ИНН by accident.
fn serial(seed: u64, index: u64, modulus: u64) -> u64 {
    // 7 368 787 is a prime, so multiplying by it shuffles the numbers below a power of ten.
    let (index, seed) = (index % modulus, seed % modulus);
    (index * 7_368_787 + seed) % modulus
}

/// ИНН of a legal person: ten digits.
pub(super) fn legal_inn(region: &str, seed: u64, index: u64) -> String {
    let mut inn = format!("{region}{OFFICE}{:06}", serial(seed, index, 1_000_000));
    push_check(&mut inn, &[2, 4, 10, 3, 5, 9, 4, 6, 8]);
    inn
}

/// ИНН of a person: twelve digits.
pub(super) fn personal_inn(region: &str, seed: u64, index: u64) -> String {
    let mut inn = format!("{region}{OFFICE}{:07}", serial(seed, index, 10_000_000));
    push_check(&mut inn, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
    push_check(&mut inn, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
    inn
}

fn push_check(number: &mut String, weights: &[u32]) {
    let sum: u32 = number
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    push_digit(number, u64::from(sum % 11 % 10));
}

/// КПП: region, an office that does not exist, the reason «место нахождения».
pub(super) fn kpp(rng: &mut Rng, region: &str) -> String {
    format!("{region}{OFFICE}{}01001", rng.below(10))
}

/// ОГРН: thirteen digits, the year of registration inside.
pub(super) fn ogrn(rng: &mut Rng, region: &str) -> String {
    let start = format!("1{:02}{region}{OFFICE}", 3 + rng.below(22));
    number_with_remainder(start + &rng.digits(6), 11)
}

/// ОГРНИП: fifteen digits.
pub(super) fn ogrnip(rng: &mut Rng, region: &str) -> String {
    let start = format!("3{:02}{region}{OFFICE}", 4 + rng.below(21));
    number_with_remainder(start + &rng.digits(8), 13)
}

fn number_with_remainder(mut number: String, divisor: u64) -> String {
    let value = number
        .bytes()
        .fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    push_digit(&mut number, value % divisor % 10);
    number
}

fn push_digit(number: &mut String, digit: u64) {
    number.push(char::from_digit(u32::try_from(digit).unwrap_or(0), 10).unwrap_or('0'));
}
