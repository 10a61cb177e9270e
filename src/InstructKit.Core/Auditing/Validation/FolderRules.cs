using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>What consumers demand of the files of a folder.</summary>
internal static class FolderRules
{
    private const string Loader = "llamafactory/data/loader.py _load_single_dataset";

    /// <summary>Reports names and kinds of files that the consumer does not take.</summary>
    public static IEnumerable<ValidationFinding> Check(Consumer consumer, string folder, string name)
    {
        if (consumer.FileNames is [var needed, ..] && !File.Exists(Path.Combine(folder, needed)))
            yield return ValidationReport.Whole(ConsumerCodes.FileName, Severity.Error, $"{VisibleText.Of(name)} has no {needed}, which is looked for", consumer.Source);

        if (!consumer.Name.StartsWith("llama-factory", StringComparison.Ordinal)) yield break;

        var info = Path.Combine(folder, "dataset_info.json");
        foreach (var finding in File.Exists(info) ? Registered(info, folder, name) : OneExtension(folder, name)) yield return finding;
    }

    // A folder of data that its owner registers by name.
    private static IEnumerable<ValidationFinding> Registered(string info, string folder, string name)
    {
        var text = Sources.Files.TextFile.Bytes(info);
        var tape = new JsonTape(new SourceLimits());
        if (!tape.Read(text, 0, text.Length))
        {
            yield return ValidationReport.At(tape.ErrorCode, Severity.Error, $"{name}/dataset_info.json", text.AsSpan(0, tape.ErrorOffset).Count((byte)'\n'), 0, tape.Error, string.Empty);
            yield break;
        }

        List<(long Line, string Message)> missing = [];
        foreach (var entry in tape.Root)
        {
            var file = entry.Find("file_name"u8);
            if (file.IsText && !Path.Exists(Path.Combine(folder, file.AsText()))) missing.Add((text.AsSpan(0, file.Offset).Count((byte)'\n'), $"{file.Path} is {file.Words}, which is not in the folder"));
        }

        foreach (var (line, message) in missing) yield return ValidationReport.At(ConsumerCodes.CardFiles, Severity.Error, $"{name}/dataset_info.json", line, 0, message, Loader);
    }

    private static IEnumerable<ValidationFinding> OneExtension(string folder, string name)
    {
        var extensions = Directory.EnumerateFiles(folder).Select(path => Path.GetExtension(path).ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (extensions.Count > 1)
            yield return ValidationReport.Whole(ConsumerCodes.FileName, Severity.Error, $"{VisibleText.Of(name)} has files of several kinds ({string.Join(", ", extensions)}); a folder holds one kind and nothing else", Loader);
    }
}
