//! A curve as a picture.

use std::path::Path;

use plotters::prelude::*;

const SIZE: (u32, u32) = (640, 360);

/// Points of one measurement and their labels.
pub(crate) struct Curve {
    /// The picture's file, without `.svg`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Both axes start at 0, so that slopes are true.
pub(crate) fn write(curve: &Curve, file: &Path) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let most = |of: fn(&(f64, f64)) -> f64| curve.points.iter().map(of).fold(0.0, f64::max) * 1.05;
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let mut chart = ChartBuilder::on(&area)
        .caption(curve.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..most(|point| point.0), 0.0..most(|point| point.1))
        .unwrap();
    chart
        .configure_mesh()
        .x_desc(curve.x)
        .y_desc(curve.y)
        .light_line_style(WHITE)
        .draw()
        .unwrap();
    let line = LineSeries::new(curve.points.iter().copied(), BLUE.stroke_width(2)).point_size(4);
    chart.draw_series(line).unwrap();
    area.present().unwrap();
}
