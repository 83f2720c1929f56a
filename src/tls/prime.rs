//! Diffie-Hellman primes that many servers share.
//!
//! Takes a prime as sent, gives whose it is. The more servers share a prime, the more it pays to compute for it once what
//! then opens each of their connections quickly (LOGJAM). Must never import a folder above `observation`.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// Hash, bits and origin, a prime a line.
const PRIMES: &str = include_str!("primes.txt");

/// A prime that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prime {
    /// Its bits.
    pub bits: u32,
    /// Whose it is: a standard's, or a program's.
    pub origin: &'static str,
}

/// What is known of a prime, big endian.
pub fn known(prime: &[u8]) -> Option<Prime> {
    let hash = HEXLOWER.encode(&Sha256::digest(bare(prime)));
    let line = PRIMES.lines().find_map(|line| line.strip_prefix(hash.as_str()))?;
    let (bits, origin) = line.trim_start().split_once(' ')?;
    Some(Prime { bits: bits.parse().ok()?, origin })
}

/// The bits of a number, big endian.
pub fn bits(number: &[u8]) -> u32 {
    let bare = bare(number);
    let spare = bare.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(bare.len()).unwrap_or(u32::MAX / 8).saturating_mul(8).saturating_sub(spare)
}

fn bare(number: &[u8]) -> &[u8] {
    let zeroes = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeroes..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER_PERMISSIVE;

    use super::*;

    #[test]
    fn a_prime_is_told_with_and_without_leading_zeroes() {
        let hex = "9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e3741\
                   71fd19d8d8f37c39bf863fd60e3e300680a3030c6e4c3757d08f70e6aa871033";
        let prime = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).expect("hexadecimal");
        let padded = [&[0, 0], &prime[..]].concat();
        let told = known(&prime).expect("known");
        assert_eq!((told, told.bits), (known(&padded).expect("known"), 512));
        assert!(told.origin.contains("mod_ssl"));
        assert_eq!((bits(&padded), bits(&[1]), bits(&[0]), known(&[2])), (512, 1, 0, None));
    }

    #[test]
    fn every_line_can_be_read() {
        for line in PRIMES.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.splitn(3, ' ').collect();
            assert!(words[0].len() == 64 && words[1].parse::<u32>().is_ok() && words.len() == 3, "{line}");
        }
    }
}
