//! Thins out marks if there are too many to tell apart.

use super::spec::{Color, Content, Layer, Marker, MarkerShape};

/// Most marks of a layer: more would cover each other and make a page too large.
const MOST: usize = 450;
/// The layer is divided into this many stretches, and the lowest and the highest mark of each are
/// always drawn, so that outliers are visible.
const STRETCHES: usize = 100;

impl Layer {
    /// Markers, thinned out if there are very many: the label then says how many are drawn.
    pub(super) fn markers(markers: Vec<Marker>, shape: MarkerShape, color: Color) -> Layer {
        let Some(some) = thinned(&markers) else {
            return Layer::new(Content::Markers { markers, shape }, color);
        };
        let (drawn, all) = (some.len(), markers.len());
        let content = Content::Markers {
            markers: some,
            shape,
        };
        Layer {
            label: Some(format!("{drawn} of {all} points drawn")),
            drawn: Some((drawn, all)),
            ..Layer::new(content, color)
        }
    }
}

/// At most [`MOST`] of the marks in their order: those with a label, the lowest and the highest of
/// each stretch, and others evenly spaced. They lose their tooltips. `None` if all can be drawn.
fn thinned(markers: &[Marker]) -> Option<Vec<Marker>> {
    let all = markers.len();
    if all <= MOST {
        return None;
    }
    let mut kept = vec![false; all];
    for stretch in 0..STRETCHES {
        let range = stretch * all / STRETCHES..(stretch + 1) * all / STRETCHES;
        let by_height = |i: &usize, k: &usize| markers[*i].y.total_cmp(&markers[*k].y);
        for end in [range.clone().min_by(by_height), range.max_by(by_height)] {
            end.into_iter().for_each(|k| kept[k] = true);
        }
    }
    let even = MOST - 2 * STRETCHES;
    (0..even).for_each(|k| kept[k * (all - 1) / (even - 1)] = true);
    let marks = markers.iter().zip(kept);
    let some = marks.filter(|(mark, kept)| *kept || mark.label.is_some());
    let bare = some.map(|(mark, _)| Marker {
        hover: None,
        ..mark.clone()
    });
    Some(bare.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_off_and_what_has_a_name_is_drawn() {
        let mut marks: Vec<Marker> = (0..100_000)
            .map(|k| Marker::new(f64::from(k), f64::from(k % 7)).hover("a run"))
            .collect();
        assert!(thinned(&marks[..MOST]).is_none());
        marks[31_415].y = 90.0;
        marks[27_182].y = -90.0;
        marks[16_180].label = Some("named".to_owned());
        let drawn = thinned(&marks).unwrap();
        assert!(drawn.len() <= MOST + 1 && drawn.len() > MOST / 2);
        assert!(drawn.iter().all(|mark| mark.hover.is_none()));
        let at = |x: f64| drawn.iter().any(|mark| mark.x == x);
        assert!([0.0, 31_415.0, 27_182.0, 16_180.0, 99_999.0].map(at) == [true; 5]);
        assert!(drawn.is_sorted_by(|a, b| a.x < b.x));
    }
}
