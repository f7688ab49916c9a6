//! # 異体字 Variant kanji: one name, many drawings
//!
//! 髙橋 and 高橋, 渡邊 and 渡辺 are different legal names and the same when a clerk looks for them. What is stored keeps every stroke: the
//! character, and the variation selector (IVS) behind it. What is *searched* by is folded with the table here, and so is both sides of a
//! match, so that it matters little which form of a group is called the standard one.
//!
//! The table is our own: the old forms of the 常用漢字 (内閣告示, 常用漢字表, the forms in brackets) and the variants that family registers
//! are full of. It folds more than law would call the same (齋, 斎 and 斉 are one here), because a clerk who hears さいとう cannot know
//! which was meant. Never use it to replace what is stored, to print, or to decide that two persons are one.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Groups of one standard form followed by those found under it, the groups apart by spaces.
const IN_NAMES: &str = "高髙 崎﨑嵜㟢 辺邊邉 斉斎齋齊亝斊 吉𠮷 富冨 島嶋嶌㠀 浜濱濵 沢澤 瀬瀨 橋𣘺槗 柳栁桺 野埜壄 桑桒 船舩 村邨 \
    松柗枩 梅楳槑 峰峯 館舘 園薗 条條 藪薮籔 渕淵渊 槙槇 桧檜 鴎鷗 麹麴 頬頰 祷禱 穎頴 厩廐廏 兎兔菟莵 虎乕 \
    国圀囯 学斈 鶴靏靎 剣劍劔剱釼 杉椙 梁簗 枡桝 竃竈 曽曾 蛎蠣 桶㮶 鰺鯵 達逹 卯夘夗 昂昻 奇竒 秋秌 迩邇 尭堯 \
    遥遙 瑶瑤 宮宫 喜㐂 涼凉 凛凜 啓啟 衛衞 郷鄕鄊 諌諫 翠翆 庵菴 畝畆畒 煙烟 裏裡 略畧 群羣 島㠀 峡峽 岳嶽 \
    旗籏 糸絲 隣鄰 杯盃 養飬 勢𫝑 徳𢛳 蘇蘓 芦蘆 万萬 恵惠 真眞 竜龍 滝瀧 弥彌 寿壽 宝寶寳 穂穗 与與 頼賴 \
    藤籐 絵繪 暦曆 歴歷 緑綠 黄黃 録錄 郎郞 清淸 青靑 黒黑 横橫 増增 徴徵 県縣 教敎 強强 概槪 温溫 虚虛 戸戶 \
    既旣 戻戾 説說 税稅 閲閱 脱脫 鋭銳 尚尙 彦彥 顔顏 産產 静靜 争爭 浄淨 状狀 寝寢 収收 将將 奨奬 壮壯 荘莊 \
    装裝 乗乘 剰剩 即卽 巣巢 毎每";

/// The old forms of the 常用漢字 and 人名用漢字, old then new.
const OLD_NEW: &str = "亞亜惡悪壓圧圍囲爲為醫医壹壱稻稲飮飲隱隠營営榮栄衞衛驛駅圓円艷艶鹽塩奧奥應応歐欧毆殴穩穏假仮價価畫画會会壞壊懷懐繪絵擴拡\
    殼殻覺覚學学嶽岳樂楽勸勧卷巻寬寛歡歓罐缶觀観關関陷陥巖巌顏顔歸帰氣気龜亀僞偽戲戯犧犠舊旧據拠擧挙峽峡挾挟狹狭曉暁區区驅駆\
    勳勲薰薫徑径惠恵溪渓經経繼継莖茎螢蛍輕軽鷄鶏藝芸擊撃缺欠儉倹劍剣圈圏檢検權権獻献縣県險険顯顕驗験嚴厳效効廣広恆恒鑛鉱號号\
    國国黑黒濟済碎砕齋斎劑剤櫻桜册冊雜雑參参慘惨棧桟蠶蚕贊賛殘残絲糸齒歯兒児辭辞濕湿實実舍舎寫写釋釈壽寿收収從従澁渋獸獣縱縦\
    肅粛處処敍叙獎奨將将燒焼稱称證証乘乗剩剰壤壌孃嬢條条淨浄狀状疊畳穰穣讓譲釀醸囑嘱觸触寢寝愼慎晉晋眞真盡尽圖図粹粋醉酔隨随\
    髓髄數数樞枢聲声靜静齊斉攝摂竊窃專専戰戦淺浅潛潜纖繊踐践錢銭禪禅曾曽雙双壯壮搜捜插挿爭争總総聰聡莊荘裝装騷騒增増藏蔵臟臓\
    屬属續続墮堕體体對対帶帯滯滞臺台瀧滝擇択澤沢單単擔担膽胆團団彈弾斷断癡痴晝昼蟲虫鑄鋳廳庁徵徴聽聴敕勅鎭鎮遞逓鐵鉄轉転點点\
    傳伝黨党盜盗燈灯當当鬪闘德徳獨独讀読屆届繩縄貳弐惱悩腦脳霸覇廢廃拜拝賣売麥麦發発髮髪拔抜蠻蛮祕秘濱浜甁瓶拂払佛仏竝並變変\
    邊辺瓣弁辨弁辯弁舖舗穗穂寶宝豐豊沒没飜翻萬万滿満默黙彌弥藥薬譯訳豫予餘余與与譽誉搖揺樣様謠謡遙遥來来賴頼亂乱覽覧龍竜兩両\
    獵猟壘塁勵励禮礼靈霊齡齢戀恋爐炉勞労樓楼灣湾瑤瑶祿禄錄録";

/// What each variant is found under.
static STANDARD: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    let old_new: Vec<char> = OLD_NEW.chars().filter(|c| !c.is_whitespace()).collect();
    for pair in old_new.chunks_exact(2) {
        table.insert(pair[0], pair[1]);
    }
    for group in IN_NAMES.split_whitespace() {
        let mut forms = group.chars();
        if let Some(standard) = forms.next() {
            table.extend(forms.filter(|form| *form != standard).map(|form| (form, standard)));
        }
    }
    // A form that itself lies in a group (齋 → 斎 → 斉) goes to the end of its way, so that folding twice changes nothing.
    let once = table.clone();
    for standard in table.values_mut() {
        while let Some(next) = once.get(standard) {
            *standard = *next;
        }
    }
    table
});

/// The form of a kanji that searching uses; a character that is no known variant stays.
///
/// ```
/// use jp::variant::standard;
/// assert_eq!(standard('髙'), '高');
/// assert_eq!(standard('邊'), standard('邉'));
/// assert_eq!(standard('山'), '山');
/// ```
pub fn standard(c: char) -> char {
    // Kana, letters and digits are most of what is typed and never variants.
    if c < '\u{3400}' {
        return c;
    }
    STANDARD.get(&c).copied().unwrap_or(c)
}

/// Whether a character chooses a drawing of the one before it (IVS U+E0100–E01EF, SVS U+FE00–FE0F) and is nothing by itself.
pub fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A text made fit for a system that knows fewer characters, with a mark at each letter that had to be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanged {
    /// The text to send.
    pub text: String,
    /// One for each letter of it: whether it stands for another (代替文字フラグ).
    pub substituted: Vec<bool>,
}

impl Exchanged {
    /// What stands for a character that has no form the other side knows.
    pub const GETA: char = '〓';

    /// Whether anything was replaced, so that the name must be read on paper too.
    pub fn is_lossy(&self) -> bool {
        self.substituted.contains(&true)
    }
}

/// Makes a name fit for a system whose characters `carries` tells (JIS X 0213 of a bank's printer, the card's 第1・第2水準 and 補助漢字): a
/// variation selector falls away, a character outside becomes its standard form, or 〓. Every replacement is marked, a dropped selector too.
/// Only for sending; what is stored stays.
///
/// ```
/// use jp::variant::{exchange, is_selector};
/// let sent = exchange("𠮷川\u{E0100}", |c| c < '\u{10000}');
/// assert_eq!(sent.text, "吉川");
/// assert_eq!(sent.substituted, [true, true]);
/// assert_eq!(exchange("𪚲", |c| c < '\u{10000}').text, "〓");
/// ```
pub fn exchange(text: &str, carries: impl Fn(char) -> bool) -> Exchanged {
    let mut sent = Exchanged { text: String::with_capacity(text.len()), substituted: Vec::new() };
    for c in text.chars() {
        if is_selector(c) {
            if let Some(last) = sent.substituted.last_mut() {
                *last = true;
            }
            continue;
        }
        let form = [c, standard(c)].into_iter().find(|form| carries(*form)).unwrap_or(Exchanged::GETA);
        sent.text.push(form);
        sent.substituted.push(form != c);
    }
    sent
}
