//! Invented people and companies: plausible names, numbers whose checks are right, nobody real.

use super::random::Random;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "郑", "梁", "谢", "欧阳",
];
const GIVEN: [&str; 40] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "秀英", "建国", "志强", "海燕", "晓东", "雪梅", "文博", "子涵", "雨桐", "浩然", "思远", "佳怡", "国华",
    "春梅", "立新", "丹丹", "宇航", "嘉欣", "振宇", "玉兰", "一鸣", "梓萱", "俊杰",
];
const STREETS: [&str; 16] = [
    "文三路",
    "人民路",
    "解放路",
    "建设路",
    "中山路",
    "新华街",
    "学院路",
    "和平路",
    "长江路",
    "滨河路",
    "花园路",
    "青年路",
    "朝阳街",
    "金桥路",
    "翠苑街",
    "书院巷",
];
const ESTATES: [&str; 12] = [
    "翠苑一区",
    "阳光花园",
    "锦绣家园",
    "绿城小区",
    "学府苑",
    "中心大厦",
    "创业园",
    "滨江国际",
    "玫瑰园",
    "和景苑",
    "科技大厦",
    "桂花城",
];
const TRADES: [&str; 8] = ["山泉", "清源", "甘露", "碧水", "云溪", "润泽", "玉泉", "澄江"];

/// The weights and check characters of GB 11643-1999.
const IDENTITY_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const IDENTITY_CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
/// The alphabet and weights of GB 32100-2015.
const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A person's name.
pub(super) fn name(random: &mut Random) -> String {
    let surname = random.pick(&SURNAMES).copied().unwrap_or_default();
    let given = random.pick(&GIVEN).copied().unwrap_or_default();
    format!("{surname}{given}")
}

/// A mobile number out of 170–179 0000, a block of virtual operators.
pub(super) fn mobile(random: &mut Random) -> String {
    format!("17{}0000{:04}", random.between(0, 10), random.between(0, 10_000))
}

/// The identity number of an adult born in that county.
pub(super) fn identity_number(random: &mut Random, county: &str) -> String {
    let (year, month, day) = (
        random.between(1_962, 1_999),
        random.between(1, 13),
        random.between(1, 29),
    );
    let body = format!("{county}{year}{month:02}{day:02}{:03}", random.between(1, 1_000));
    let sum: u32 = body
        .chars()
        .zip(IDENTITY_WEIGHTS)
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or_default() * weight)
        .sum();
    let check = usize::try_from(sum % 11)
        .ok()
        .and_then(|remainder| IDENTITY_CHECKS.get(remainder));
    format!("{body}{}", check.copied().unwrap_or_default())
}

/// The credit code of a company registered in that county.
pub(super) fn credit_code(random: &mut Random, county: &str) -> String {
    let body = format!("91{county}{:09}", random.between(100_000_000, 999_999_999));
    let value = |character: char| {
        CREDIT_ALPHABET
            .chars()
            .position(|known| known == character)
            .unwrap_or_default()
    };
    let sum: usize = body
        .chars()
        .zip(CREDIT_WEIGHTS)
        .map(|(character, weight)| value(character) * weight)
        .sum();
    let check = CREDIT_ALPHABET.chars().nth((31 - sum % 31) % 31);
    format!("{body}{}", check.unwrap_or_default())
}

/// The name of a company that sells water there.
pub(super) fn company(random: &mut Random, place: &str) -> String {
    let short = place.trim_end_matches(['省', '市', '区', '县']);
    format!(
        "{short}{}饮用水有限公司",
        random.pick(&TRADES).copied().unwrap_or_default()
    )
}

/// Street, house and flat.
pub(super) fn address(random: &mut Random) -> String {
    let street = random.pick(&STREETS).copied().unwrap_or_default();
    let estate = random.pick(&ESTATES).copied().unwrap_or_default();
    let (number, building, floor, flat) = (
        random.between(1, 400),
        random.between(1, 30),
        random.between(1, 28),
        random.between(1, 5),
    );
    format!("{street} {number} 号{estate} {building} 幢 {floor}{flat:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{BusinessDay, CreditCode, IdentityNumber, MobileNumber, PersonName};

    #[test]
    fn invented_numbers_pass_every_check() {
        let mut random = Random::seeded("cast");
        let today = BusinessDay::from_date("2026-11-22".parse().unwrap());
        for _ in 0..500 {
            let number = identity_number(&mut random, "330106");
            IdentityNumber::parse(&number, today)
                .unwrap()
                .require_adult(today)
                .unwrap();
            CreditCode::parse(&credit_code(&mut random, "330106")).unwrap();
            MobileNumber::parse(&mobile(&mut random)).unwrap();
            PersonName::parse(&name(&mut random)).unwrap();
            assert!(address(&mut random).chars().count() <= 200);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_people() {
        let drawn = || {
            (0..20)
                .scan(Random::seeded("cast"), |random, _| Some(name(random)))
                .collect::<Vec<_>>()
        };
        assert_eq!(drawn(), drawn());
    }
}
