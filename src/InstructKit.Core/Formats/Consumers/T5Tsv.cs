using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>T5's and seqio's TSV (google-research/text-to-text-transfer-transformer: t5/data/preprocessors.py parse_tsv): two fields per line, no quoting.</summary>
internal static class T5Tsv
{
    private const int Fields = 2;

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("t5-tsv", "T5 and seqio: inputs, tab, targets", "t5/data/preprocessors.py parse_tsv")
    {
        Row = AnyObject.Also(static (check, row) => check.Error(ConsumerCodes.FieldCount, row, "the row is JSON, expected a line of two texts with a tab between them")),
        Line = Check,
        BlankLines = Severity.Error,
        ByteOrderMark = Severity.Error,
        Compressions = [],
    };

    private static void Check(RowCheck check, ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\r"u8))
        {
            check.At(ConsumerCodes.FieldCount, Severity.Warning, line.Length - 1, "the line ends in a carriage return, which TensorFlow drops and other readers take for part of the target");
            line = line[..^1];
        }

        var count = line.Count((byte)'\t') + 1;
        if (count != Fields)
        {
            var at = count < Fields ? line.Length : line.IndexOf((byte)'\t') + 1 + line[(line.IndexOf((byte)'\t') + 1)..].IndexOf((byte)'\t');
            check.At(ConsumerCodes.FieldCount, Severity.Error, at, string.Create(CultureInfo.InvariantCulture, $"the line has {count} {(count == 1 ? "field" : "fields")}, expected {Fields}: there is no quoting, so that a tab or a line end in a text breaks the row"));
            return;
        }

        var tab = line.IndexOf((byte)'\t');
        if (IsQuoted(line[..tab]) && IsQuoted(line[(tab + 1)..])) check.At(ConsumerCodes.UnknownValue, Severity.Warning, 0, "both texts are in quotes, which stay part of them: there is no quoting");
        if (line[..tab].Trim((byte)' ').IsEmpty) check.At(ConsumerCodes.Empty, Severity.Warning, 0, "the input is empty");
        if (line[(tab + 1)..].Trim((byte)' ').IsEmpty) check.At(ConsumerCodes.Empty, Severity.Warning, tab + 1, "the target is empty");
        if (line.SequenceEqual("inputs\ttargets"u8)) check.At(ConsumerCodes.UnknownValue, Severity.Warning, 0, "the line is a header, which is read as an example");

        static bool IsQuoted(ReadOnlySpan<byte> text) => text.Length > 1 && text[0] == '"' && text[^1] == '"';
    }
}

/// <summary>The sub-mixtures of the Flan 2022 collection (google-research/FLAN: flan/v2/preprocessors.py, run_example.py): five columns of strings.</summary>
internal static class Flan
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("flan", "Flan 2022: inputs, targets, task_source, task_name, template_type", "FLAN flan/v2/preprocessors.py")
    {
        Row = Record(
            Required("inputs", FilledText),
            Required("targets", TargetText),
            Required("task_source", FilledText),
            Required("task_name", FilledText),
            Required("template_type", OneOf("zs_opt", "zs_noopt", "fs_opt", "fs_noopt").From("FLAN flan/v2/run_example.py"))),
        Rules = static () => [new SteadyColumns()],
        Identity = ["inputs", "targets"],
    };
}
