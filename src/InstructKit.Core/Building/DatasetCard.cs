using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Sinks;

namespace InstructKit.Building;

/// <summary>Writes the output folder's <c>README.md</c>: a dataset card with <c>configs:</c> and the features, so that Hugging Face <c>datasets</c> loads the
/// folder directly and never infers a type from the first rows.</summary>
public static class DatasetCard
{
    /// <summary>The card of a build, UTF-8.</summary>
    public static byte[] Write(BuildReport report)
    {
        var text = new StringBuilder();
        // Two configurations for each format, because held-out files have more columns; none for files that `datasets` cannot read.
        List<CardConfig> configs = [];
        foreach (var output in report.Resolved.Outputs.Where(output => output.Container.CardSettings is not null))
        {
            var splits = report.Outputs.Where(file => file.Path.StartsWith($"{output.Folder}/", StringComparison.Ordinal)).GroupBy(file => file.Split!, StringComparer.Ordinal).ToLookup(split => OutputSplit.IsScored(split.Key)); // files of examples have one
            var isMain = output == report.Resolved.Outputs[0];
            if (splits[false].Any()) configs.Add(new CardConfig(isMain ? "default" : output.Format.Name, output, [.. splits[false]], isMain));
            if (splits[true].Any()) configs.Add(new CardConfig(isMain ? "held_out" : $"{output.Format.Name}_held_out", output, [.. splits[true]], isMain && !splits[false].Any()));
        }

        text.Append("---\nlicense: other\nlicense_name: see-the-tasks\ntask_categories: [text-generation]\ntags: [instruction-tuning, flan, instructkit]\n");
        Line(text, $"size_categories: [{SizeCategory(report.AllExamples)}]");
        if (configs.Count > 0)
        {
            Line(text, "configs:");
            foreach (var config in configs) WriteConfig(text, config);
            Line(text, "dataset_info:");
            foreach (var config in configs) WriteFeatures(text, config);
        }

        Paragraph(text, "---");
        WriteBody(text, report);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteBody(StringBuilder text, BuildReport report)
    {
        var holdOut = report.Resolved.HoldOut;
        Paragraph(text, "# Instruction-tuning dataset");
        Paragraph(text, $"Built by instructkit {ToolVersion.Text} with seed {Number(report.Resolved.Plan.Seed)}{(report.Resolved.Plan.Preset is { } preset ? $" from the preset `{Escaped(preset.Text)}`" : string.Empty)}; cluster scheme `{holdOut.Scheme.Key}`. The whole record is in `.instructkit/manifest.json`.");
        if (holdOut.HeldOut.Count > 0)
        {
            var what = holdOut.Split is { } split ? $"by the published split `{split.Name}`" : $"as {string.Join(", ", report.Resolved.Plan.HoldOut.Select(name => $"`{name}`"))}";
            Line(text, $"Held out {what}: {string.Join(", ", holdOut.HeldOut.Select(task => $"`{task}`"))}.");
            if (holdOut.AlsoExcluded.Count > 0)
                Line(text, $"Not trained on either, because it leaves with what is held out: {string.Join(", ", holdOut.AlsoExcluded.Select(cluster => $"`{cluster}`"))}.");

            text.Append('\n');
        }

        var source = report.Tasks.Where(task => task.Order == Tasks.RowOrder.Source).Select(task => $"`{task.Task.Task.Key}`").ToList();
        Paragraph(text, source.Count == report.Tasks.Count
            ? "Slices and caps take rows as they are in the files."
            : $"Slices and caps take rows in a seeded order of their source split{(source.Count == 0 ? string.Empty : $"; as they are in the files: {string.Join(", ", source)}")}.");
        if (report.Resolved.Plan.TrainingOrder != TrainingOrder.Shuffled)
        {
            Paragraph(text, $"Order of the training examples: {TrainingLanes.Describe(report.Resolved.Plan)}.");
        }

        var (shots, options) = (report.Resolved.Plan.FewShot, report.Resolved.Plan.Options);
        if (shots.Exemplars > 0)
        {
            Paragraph(text, $"Inputs have {(shots.UpTo ? "up to " : string.Empty)}{Number(shots.Exemplars)} exemplars before them, from the first {Number(ExemplarPool.MaxRows)} usable rows of the task's training slice; the column `exemplars` names the rows.");
        }

        if (!options.IsReleased)
        {
            Paragraph(text, "How an input shows its answer options is drawn from several layouts or left out; where the layout labels the options, the target is the label. The column `options_layout` has the layout's name.");
        }

        foreach (var line in report.View is { } view ? BudgetText.Lines(report.Resolved, view.Meter.Unit, report.Tasks) : []) Paragraph(text, line);

        foreach (var split in report.Packed)
        {
            Paragraph(text, $"Packed: `{split.Split}` has {Number(split.Examples)} examples in {Number(split.Sequences)} sequences of up to {Number(split.Length)} tokens, {(100 * split.Utilisation).ToString("0.0", CultureInfo.InvariantCulture)} % filled; {Number(split.TrainedTokens)} of {Number(split.Tokens)} tokens are trained on.");
        }

        foreach (var (task, loss) in report.Tasks.SelectMany(task => task.TreeLosses.Select(loss => (task.Task.Task.Key, loss))))
        {
            Line(text, $"Evaluation sets `eval/{loss.Tree}` of `{task}` lack what the task's own way of asking has: {string.Join(", ", TreeLosses(loss))}.");
            Line(text, string.Empty);
        }

        Line(text, "| file | rows | bytes | sha256 |");
        Line(text, "|---|---:|---:|---|");
        foreach (var file in report.Outputs) Line(text, $"| `{file.Path}` | {Number(file.Rows)} | {Number(file.Bytes)} | `{file.Sha256}` |");

        text.Append('\n');
        WriteLengths(text, report);
        WriteMixture(text, report);
        Line(text, "| task | cluster | role | rows selected | examples | metrics | licence of the data |");
        Line(text, "|---|---|---|---:|---:|---|---|");
        foreach (var task in report.Tasks)
        {
            var role = task.Task.Use == TaskUse.Train ? "train" : "held out";
            var title = Escaped(task.Task.Task.Title);
            var name = task.Task.Task.Cite is { } cite ? $"[{title}]({Address(cite)})" : title;
            var licence = Escaped(task.Task.Task.Licence ?? "unknown");
            Line(text, $"| `{task.Task.Task.Key}` {name} | {Escaped(task.Task.Cluster)} | {role} | {Number(task.Slices.Sum(slice => slice.Counts.Selected))} | {Number(task.Slices.Sum(slice => slice.Counts.Examples))} | {string.Join(", ", task.Task.Task.Metrics)} | {licence} |");
        }
    }

    private static IEnumerable<string> TreeLosses(TreeLoss loss) =>
        loss.Dropped.Select(one => $"{Number(one.Value)} rows (`{one.Key}`)").Concat(loss.TemplatesSkipped.Select(one => $"{Number(one.Value)} examples (`{one.Key}`)"));

    private static void WriteLengths(StringBuilder text, BuildReport report)
    {
        if (report.Lengths.Count == 0) return;

        Line(text, LengthRow.Describe(ManifestUnit.Of(report)!)); // there are lengths
        text.Append('\n');
        Line(text, $"| {string.Join(" | ", LengthRow.Columns)} |");
        Line(text, $"|---|---|{string.Concat(Enumerable.Repeat("---:|", LengthRow.Columns.Count - 3))}---|");
        foreach (var row in LengthRow.WithTotals(report.Lengths)) Line(text, $"| {string.Join(" | ", row.Cells)} |");

        text.Append('\n');
    }

    private static void WriteMixture(StringBuilder text, BuildReport report)
    {
        List<ManifestShare> shares = [.. report.Mixture];
        if (shares.Count == 0) return;

        var mixture = report.Resolved.Plan.Mixture;
        Paragraph(text, mixture.Kind switch
        {
            Protocol.MixtureKind.Rates => $"Mixture: each task has min(rows, {Number(mixture.MaxRate)}) training rows an epoch, {Number(mixture.Epochs)} epoch(s).",
            Protocol.MixtureKind.Draw => $"Mixture: {Number(mixture.Draw ?? 0)} training rows drawn by the rates min(rows, {Number(mixture.MaxRate)}).",
            _ => "Mixture: every selected training row once.",
        });
        Line(text, "| training task | rows | rate | used | short | examples | share |");
        Line(text, "|---|---:|---:|---:|---:|---:|---:|");
        foreach (var share in shares)
            Line(text, $"| `{share.Task}` | {Number(share.Rows)} | {Number(share.Rate)} | {Number(share.Selected + share.Repeated)} | {Number(share.Short)} | {Number(share.Examples)} | {(100 * share.Share).ToString("0.00", CultureInfo.InvariantCulture)} % |");

        text.Append('\n');
    }

    private static void WriteConfig(StringBuilder text, CardConfig config)
    {
        Line(text, $"- config_name: {config.Name}");
        if (config.IsDefault) Line(text, "  default: true");

        foreach (var setting in config.Output.Container.CardSettings!(config.Schema)) Line(text, $"  {setting}"); // others have no configuration
        Line(text, "  data_files:");
        foreach (var split in config.Splits)
        {
            var path = config.Output.Format.FileOf(split.Key) is { } file ? file + config.Output.Container.Extension : $"{split.Key}-*";
            Line(text, $"  - {{split: {split.Key}, path: \"{config.Output.Folder}/{path}\"}}");
        }
    }

    private static void WriteFeatures(StringBuilder text, CardConfig config)
    {
        Line(text, $"- config_name: {config.Name}");
        Line(text, "  features:");
        foreach (var column in config.Schema.Columns) Line(text, $"  - {FeatureOf(column)}");

        Line(text, "  splits:");
        foreach (var split in config.Splits)
            Line(text, $"  - {{name: {split.Key}, num_bytes: {Number(split.Sum(file => file.Bytes))}, num_examples: {Number(split.Sum(file => file.Rows))}}}");
    }

    // In the form in which Hugging Face `datasets` writes its features.
    private static string FeatureOf(Column column)
    {
        var type = column.Type switch
        {
            ColumnType.Integer => "int64",
            ColumnType.Number => "float64",
            ColumnType.Boolean => "bool",
            ColumnType.Json => "json",
            _ => "string",
        };
        if (column.Type == ColumnType.Object)
            return $"{{name: {column.Name}, {(column.IsList ? "list" : "struct")}: [{string.Join(", ", column.Fields!.Select(FeatureOf))}]}}"; // an object has some

        return $"{{name: {column.Name}, {(column.IsList ? "list" : "dtype")}: {type}}}";
    }

    // The hub's fixed list of sizes.
    private static string SizeCategory(long rows) => rows switch
    {
        < 1_000 => "n<1K",
        < 10_000 => "1K<n<10K",
        < 100_000 => "10K<n<100K",
        < 1_000_000 => "100K<n<1M",
        < 10_000_000 => "1M<n<10M",
        < 100_000_000 => "10M<n<100M",
        _ => "n>100M",
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Text from a task file is escaped: no mark-up, no extra table cells, no control characters.
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in VisibleText.Of(text))
        {
            if (letter is '|' or '[' or ']' or '`' or '*' or '\\') escaped.Append('\\').Append(letter);
            else escaped.Append(letter switch { '<' => "&lt;", '>' => "&gt;", _ => letter.ToString() });
        }

        return escaped.ToString();
    }

    private static string Address(string text) => string.Concat(VisibleText.Of(text).Select(letter => letter is ' ' or '(' or ')' or '<' or '>' or '|' or '\\' ? $"%{(int)letter:X2}" : letter.ToString()));

    private static void Line(StringBuilder text, string line) => text.Append(VisibleText.Of(line)).Append('\n');

    private static void Paragraph(StringBuilder text, string line)
    {
        Line(text, line);
        text.Append('\n');
    }

    /// <summary>A configuration of the card.</summary>
    /// <param name="Output">The format of its files.</param>
    /// <param name="IsDefault">True for the one loaded by default.</param>
    private sealed record CardConfig(string Name, BuildOutput Output, IReadOnlyList<IGrouping<string, PublishedFile>> Splits, bool IsDefault)
    {
        public RecordSchema Schema => Output.SchemaOf(Splits[0].Key);
    }
}
