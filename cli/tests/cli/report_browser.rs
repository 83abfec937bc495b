//! The report page in a real browser: no errors, no requests, and a working script.

use crate::process::{root, run_in};
use crate::report::pages;
use crate::tools;

use std::path::Path;

/// Chromium, if it is installed.
fn browser() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            std::process::Command::new(name)
                .arg("--version")
                .output()
                .is_ok()
        })
}

/// The page after its scripts ran, and what the console said.
fn opened(browser: &str, page: &Path, more: &[&str]) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .args(more)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_browser_opens_it_without_complaint_and_pointing_shows_the_run() {
    let Some(browser) = browser() else {
        return tools::skip_without("chromium");
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in pages(folder.path()) {
        let page = std::fs::read_to_string(&path).unwrap();
        // Points at the first mark and at every other element with a tooltip; copies of what
        // appears are left in the page.
        let probe = "<script>addEventListener('load', () => {\
             const mark = document.querySelector('.hot');\
             mark.dispatchEvent(new PointerEvent('pointerenter'));\
             const tip = document.getElementById('tip');\
             document.title = [!tip.hidden, tip.textContent, document.querySelectorAll('.copy').length,\
               document.documentElement.scrollWidth <= innerWidth, performance.getEntriesByType('resource').length].join('|');\
             });</script></body>";
        std::fs::write(&path, page.replace("</body>", probe)).unwrap();
        for size in ["390,900", "768,900", "1440,900"] {
            let (dom, console) = opened(browser, &path, &[&format!("--window-size={size}")]);
            let said: Vec<&str> = console.lines().filter(|l| l.contains("CONSOLE")).collect();
            assert!(said.is_empty(), "{name}: {said:?}");
            let title = dom.split("<title>").nth(1).unwrap();
            let title = title.split("</title>").next().unwrap();
            let parts: Vec<&str> = title.split('|').collect();
            assert_eq!(parts[0], "true", "{name} {size}: {title}");
            assert!(
                ["ln p", "loss", " %"].iter().any(|w| parts[1].contains(w)),
                "{title}"
            );
            assert_ne!(parts[2], "0", "{name}: no button that copies");
            assert_eq!(
                parts[3], "true",
                "{name} at {size}: the page is wider than the screen"
            );
            assert_eq!(parts[4], "0", "{name}: something was requested");
        }
    }
}

/// A page on a forecast fits on few sheets: what repeats an answer or needs a mouse is not printed.
#[test]
fn a_forecast_prints_on_few_sheets() {
    let Some(browser) = browser() else {
        return tools::skip_without("chromium");
    };
    let folder = tempfile::tempdir().unwrap();
    let (page, sheets) = (
        folder.path().join("page.html"),
        folder.path().join("page.pdf"),
    );
    let words = [
        "report",
        "data/cerebras_gpt.csv",
        "--fit-below",
        "1e22",
        "--at",
        "2.3e22",
        "-o",
    ];
    let words = [&words[..], &[page.to_str().unwrap()]].concat();
    assert_eq!(run_in(root(), &words, "").code, 0);
    let print = format!("--print-to-pdf={}", sheets.display());
    opened(browser, &page, &[&print, "--no-pdf-header-footer"]);
    let printed = std::fs::read(&sheets).unwrap();
    let printed = String::from_utf8_lossy(&printed);
    let pages = printed.split("/Type /Page").skip(1);
    let pages = pages.filter(|after| !after.starts_with('s')).count();
    assert!((1..=6).contains(&pages), "{pages} sheets");
}

/// A reader selects another target and another method. Each answer is in the tables, which need no
/// script.
#[test]
fn what_if_shows_one_answer_of_its_tables_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = &pages(folder.path())[0].1;
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page.contains("<div class=\"what-if\" hidden>"));
    let tables = page.split("id=\"what-if\"").nth(1).unwrap();
    let tables = tables.split("</section>").next().unwrap();
    let tables = tables.rsplit("</script>").next().unwrap();
    assert!(tables.contains("2.3e22") && tables.contains("quadrature alone"));
    let Some(browser) = browser() else {
        return tools::skip_without("chromium");
    };
    let probe = "<script>addEventListener('load', () => {\
         const part = document.querySelector('.what-if');\
         const [target, by] = [part.querySelector('input'), part.querySelector('select')];\
         const said = () => part.querySelector('output').textContent + ': ' + part.querySelector('.answer').textContent;\
         const all = [part.hidden, said()];\
         target.value = 0; target.dispatchEvent(new Event('input')); all.push(said());\
         by.selectedIndex = 1; by.dispatchEvent(new Event('change')); all.push(said());\
         document.title = all.join('|');\
         });</script></body>";
    std::fs::write(path, page.replace("</body>", probe)).unwrap();
    let (dom, _) = opened(browser, path, &[]);
    let title = dom.split("<title>").nth(1).unwrap();
    let parts: Vec<&str> = title.split("</title>").next().unwrap().split('|').collect();
    assert_eq!(parts[0], "false", "{title}");
    assert!(parts[1].starts_with("2.3e22: Loss 1.616, 90% calibrated prediction interval [1.539"));
    assert!(parts[2].starts_with("6.3e21: Loss "), "{title}");
    assert!(parts[3].starts_with("6.3e21: Loss ") && !parts[3].contains("interval"));
    for part in &parts[1..3] {
        let point = part
            .split("Loss ")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        assert!(tables.contains(&format!(">{point}<")), "{point}: {tables}");
    }
}

/// The script of axe-core, if `AXE_CORE` gives its path (`npm pack axe-core`, unpacked:
/// `package/axe.min.js`).
fn axe() -> Option<String> {
    std::fs::read_to_string(std::env::var_os("AXE_CORE")?).ok()
}

/// Names, roles, contrast, order of headings and everything else that axe-core checks of WCAG 2.1
/// and good practice.
#[test]
fn axe_core_finds_no_violation() {
    let Some(browser) = browser() else {
        return tools::skip_without("chromium");
    };
    let Some(axe) = axe() else {
        return tools::skip_without("axe-core");
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in pages(folder.path()) {
        let page = std::fs::read_to_string(&path).unwrap();
        let probe = format!(
            "<script>{axe}</script><script>addEventListener('load', () => axe.run().then(found => {{\
             document.title = 'scanned ' + found.passes.length + ' ' + found.violations.map(v =>\
               v.id + ' at ' + v.nodes.map(n => n.target).join(' ')).join('; ') + '.';\
             }}));</script></body>"
        );
        std::fs::write(&path, page.replace("</body>", &probe)).unwrap();
        for size in ["390,900", "1440,900"] {
            let flags = [
                &format!("--window-size={size}"),
                "--virtual-time-budget=60000",
            ];
            let (dom, _) = opened(browser, &path, &flags);
            let title = dom.split("<title>").nth(1).unwrap();
            let title = title.split("</title>").next().unwrap();
            let mut words = title.splitn(3, ' ');
            assert_eq!(words.next(), Some("scanned"), "{name} {size}: {title}");
            assert!(
                words.next().unwrap().parse::<usize>().unwrap() > 20,
                "{title}"
            );
            assert_eq!(words.next(), Some("."), "{name} {size}: {title}");
        }
    }
}
