// Shortcodes the bot and people are likely to use. An unknown shortcode stays as it was typed.

const TABLE = `white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️|negative_squared_cross_mark ❎
warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|stop_sign 🛑|octagonal_sign 🛑|exclamation ❗|heavy_exclamation_mark ❗|question ❓|grey_question ❔
bangbang ‼️|information_source ℹ️|bulb 💡|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️
alarm_clock ⏰|clock1 🕐|clock3 🕒|clock9 🕘|calendar 📆|date 📅|spiral_calendar_pad 🗓️|watch ⌚|zzz 💤|key 🔑
old_key 🗝️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|lock_with_ink_pen 🔏|shield 🛡️|detective 🕵️|eyes 👀|eye 👁️|see_no_evil 🙈
link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|checkered_flag 🏁|label 🏷️|bookmark 🔖|books 📚|book 📖
memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|file_folder 📁|open_file_folder 📂|card_index 📇
card_index_dividers 🗂️|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|package 📦|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|envelope ✉️|email ✉️
e-mail 📧|mailbox 📫|mailbox_with_mail 📬|postbox 📮|phone ☎️|telephone_receiver 📞|iphone 📱|computer 💻|desktop_computer 🖥️|keyboard ⌨️
printer 🖨️|floppy_disk 💾|cd 💿|minidisc 💽|satellite_antenna 📡|battery 🔋|electric_plug 🔌|gear ⚙️|wrench 🔧|hammer 🔨
hammer_and_wrench 🛠️|nut_and_bolt 🔩|toolbox 🧰|ticket 🎫|admission_tickets 🎟️|office 🏢|house 🏠|factory 🏭|bank 🏦|hospital 🏥
school 🏫|globe_with_meridians 🌐|earth_africa 🌍|earth_americas 🌎|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|credit_card 💳|handshake 🤝
bust_in_silhouette 👤|busts_in_silhouette 👥|wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|clap 👏|pray 🙏
raised_hands 🙌|raised_hand ✋|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|muscle 💪|tada 🎉|confetti_ball 🎊|sparkles ✨
star ⭐|star2 🌟|rocket 🚀|ship 🚢|boat ⛵|anchor ⚓|bridge_at_night 🌉|passport_control 🛂|customs 🛃|construction 🚧
smile 😄|smiley 😃|grinning 😀|blush 😊|slightly_smiling_face 🙂|wink 😉|joy 😂|sweat_smile 😅|thinking_face 🤔|neutral_face 😐
cry 😢|sob 😭|disappointed 😞|worried 😟|confused 😕|open_mouth 😮|sunglasses 😎|heart ❤️|green_heart 💚|blue_heart 💙
yellow_heart 💛|broken_heart 💔|fire 🔥|boom 💥|zap ⚡|droplet 💧|sunny ☀️|cloud ☁️|umbrella ☔|snowflake ❄️
red_circle 🔴|large_blue_circle 🔵|large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|white_circle ⚪|black_circle ⚫|large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥
white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸|white_small_square ▫️|black_small_square ▪️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️
arrow_upper_right ↗️|left_right_arrow ↔️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|twisted_rightwards_arrows 🔀|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|back 🔙|new 🆕
ok 🆗|up 🆙|free 🆓|sos 🆘|vs 🆚|heavy_plus_sign ➕|heavy_minus_sign ➖|mag 🔍|mag_right 🔎|one 1️⃣
two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣
robot_face 🤖|test_tube 🧪|microscope 🔬|compass 🧭|world_map 🗺️|double_vertical_bar ⏸️|arrow_forward ▶️|black_square_for_stop ⏹️|fast_forward ⏩|rewind ⏪
trophy 🏆|medal 🏅|dart 🎯|jigsaw 🧩|ghost 👻|bug 🐛|turtle 🐢|coffee ☕|pizza 🍕|cake 🍰`;

const EMOJI = new Map(TABLE.split(/[|\n]/).map((entry) => entry.split(" ")));

export const emojiOf = (name) => EMOJI.get(name.toLowerCase());
export const EMOJI_PATTERN = /:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/iy;

/** Plain text with its known shortcodes replaced. */
export const withEmoji = (text) =>
  String(text ?? "").replace(/:([a-z0-9_+'-]+):/gi, (all, name) => emojiOf(name) || all);
