using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templates;

/// <summary>How options are printed, labelled and omitted; the form of every layout is in Golden/protocol.</summary>
public sealed class OptionsLayoutTests
{
    [Fact]
    public void Labels_are_distinct_and_go_on_behind_Z_as_columns_of_a_spreadsheet_do()
    {
        var lettered = OptionsLayout.Find("lettered")!;
        Assert.Equal(["(A)", "(B)", "(Z)", "(AA)", "(AB)", "(AZ)", "(BA)"], new[] { 0, 1, 25, 26, 27, 51, 52 }.Select(lettered.LabelOf));
        foreach (var layout in OptionsLayout.All.Where(layout => layout.HasLabels))
            Assert.Equal(1000, Enumerable.Range(0, 1000).Select(layout.LabelOf).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_layout_prints_every_option_and_its_label_once()
    {
        Assert.Equal(OptionsLayout.All.Count, OptionsLayout.All.Select(layout => layout.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (var layout in OptionsLayout.All)
        {
            foreach (var count in new[] { 1, 2, 3, 30 })
            {
                var options = Enumerable.Range(0, count).Select(i => $"<option {i}>").ToList();
                var output = new Utf8Output();
                layout.Append(Value.FromList(options.Select(Value.From)), output);
                var text = Encoding.UTF8.GetString(output.Written);
                foreach (var (i, option) in options.Index())
                {
                    Assert.Single(text.Split(option).Skip(1));
                    if (layout.HasLabels) Assert.Contains(layout.LabelOf(i), text.Split(option)[0][^6..], StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("Text.\n\n~", "Text.")]
    [InlineData("~\n\nText.", "Text.")]
    [InlineData("Text.\n\n~\n\nAnswer:", "Text.\n\nAnswer:")]
    [InlineData("Text.\n~\n\nAnswer:", "Text.\n\nAnswer:")]
    [InlineData("Text (~) more", "Text () more")]
    [InlineData("Text ~ more", "Text more")]
    [InlineData("Text.\n~\n~\nEnd", "Text.\nEnd")]
    [InlineData("  Text  ", "Text")]
    [InlineData("~", "")]
    public void Hidden_options_leave_the_larger_gap(string printed, string expected)
    {
        var output = new Utf8Output { JsonEscaped = true };
        OptionsLayout.AppendWithoutGap(Encoding.UTF8.GetBytes(printed.Replace('~', '\uFDD0')), output);
        Assert.Equal(expected.Replace("\n", "\\n", StringComparison.Ordinal), Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void Texts_and_layouts_are_drawn_evenly_and_independently()
    {
        using var scratch = new ScratchFolder();
        var template = Compile(scratch, "\n    variants: { a: [p, q], b: [x, y, z] }", "{{ a }}{{ b }} {{ text }} {{ options_block }}");
        Assert.Equal(6, template.Definition.TextCount);
        Assert.Equal(["a=p; b=x", "a=q; b=x", "a=p; b=y", "a=q; b=y", "a=p; b=z", "a=q; b=z"], Enumerable.Range(0, 6).Select(template.Definition.DescribeText));
        OptionsLayout[] layouts = [OptionsLayout.Released, OptionsLayout.Find("numbered")!, OptionsLayout.Find("sentence")!];
        var draw = new PhrasingDraw(new RowKeys(7, "toy", "train"), new OptionsDisplay { Layouts = layouts, Shown = OptionsShown.Mixed });
        var drawn = Enumerable.Range(0, 36_000).Select(row => draw.Of(template, row)).ToList();
        // 6 texts × (half without, half in one of 3 layouts): 3,000 and 1,000 expected, standard deviations below 53 and 32.
        foreach (var group in drawn.GroupBy(phrasing => (phrasing.Variant, phrasing.Layout!.Name)))
            Assert.InRange(group.Count(), group.Key.Name == "none" ? 2750 : 850, group.Key.Name == "none" ? 3250 : 1150);

        Assert.Equal(24, drawn.Distinct().Count());
        Assert.NotEqual(drawn.Take(100), Enumerable.Range(0, 100).Select(row => draw.Of(template, row, use: 1)));
    }

    [Theory]
    [InlineData("{{ answer }}", true)]
    [InlineData("It is {{- answer -}}.", true)]
    [InlineData("{{ text }} So the answer is {{ answer }}", true)]
    [InlineData("{{ answer | upper }}", false)]
    [InlineData("{% if answer == 'yes' %}It does{% else %}{{ answer }}{% endif %}", false)]
    [InlineData("{{ 'x' if answer == 'yes' else answer }}", false)]
    public void Only_an_answer_that_is_printed_as_it_is_becomes_a_label(string target, bool takesLabel)
    {
        using var scratch = new ScratchFolder();
        var template = Compile(scratch, string.Empty, "{{ text }} {{ options_block }}", target);
        Assert.Equal(takesLabel, template.TakesLabel);
        var draw = new PhrasingDraw(new RowKeys(7, "toy", "train"), new OptionsDisplay { Layouts = [OptionsLayout.Find("lettered")!] });
        Assert.Equal(takesLabel ? "lettered" : "released", draw.Of(template, 0).Layout!.Name);
    }

    [Theory]
    [InlineData("variants: { w: [a], unused: [a, b] }", "IK2011")]
    [InlineData("variants: { text: [a, b] }", "IK2009")]
    [InlineData("variants: { range: [a, b] }", "IK2009")]
    [InlineData("variants: { w: [a, a] }", "IK2009")]
    [InlineData("variants: { w: [] }", "IK2004")]
    [InlineData("variants: { w: ['{{ text }}'] }", "IK2004")]
    [InlineData("variants: { 1w: [a] }", "IK2014")]
    [InlineData("variants: [a]", "IK2004")]
    public void Wrong_variants_are_refused_where_they_are_written(string variants, string code)
    {
        using var scratch = new ScratchFolder();
        var exception = Assert.Throws<Diagnostics.DiagnosticException>(() => Compile(scratch, $"\n    {variants}", "{{ text }} {{ w }}"));
        var found = exception.Diagnostics.First(diagnostic => diagnostic.Code == code);
        Assert.Equal(10, found.Span!.Value.Start.Line + 1);
    }

    [Fact]
    public void Variants_that_multiply_beyond_all_bounds_are_refused()
    {
        using var scratch = new ScratchFolder();
        var ten = string.Join(", ", Enumerable.Range(0, 10));
        var names = "abcdefghijklmnopqrstuvwxyz".Select(name => $"{name}: [{ten}]");
        var exception = Assert.Throws<Diagnostics.DiagnosticException>(() => Compile(scratch, $"\n    variants: {{ {string.Join(", ", names)} }}", "{{ text }}"));
        Assert.Contains(exception.Diagnostics, diagnostic => diagnostic.Code == "IK2023" && diagnostic.Message.Contains("10000", StringComparison.Ordinal));
    }

    private static CompiledTemplate Compile(ScratchFolder scratch, string variants, string input, string target = "{{ answer }}")
    {
        scratch.Write("toy.yaml", $$$"""
            task: toy
            title: Toy
            columns: { text: string, label: int }
            layouts: [ { name: files, format: jsonl, files: { train: rows.jsonl } } ]
            splits: { train: train }
            options: [ "no", "yes" ]
            answer: "options[label]"
            templates:
              - id: t{{{variants}}}
                input: "{{{input}}}"
                target: "{{{target}}}"
            """);
        TaskFiles files = new();
        files.AddOwn(scratch.At("toy.yaml"));
        var task = files.Get("toy");
        return CompiledTask.Compile(task, task.Layouts[0]).Templates[0];
    }
}
