using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>
/// Checks files against the rules of the consumer that is to read them, or against those of all consumers to find out which could. Rows are streamed;
/// memory is bounded by the longest row, the kept findings and the state of rules over all rows.
/// </summary>
/// <param name="request">What to validate.</param>
internal sealed class Validator(ValidationRequest request)
{
    private readonly ValidationReport _report = new(request.MaxFindings);
    private readonly SourceLimits _limits = request.Limits;
    private readonly RowFeed _feed = new(request.Limits);
    private readonly TokenRules? _tokens = request.Target is null ? null : request.Tokens;
    private SplitOverlap? _overlap;

    /// <summary>Validates.</summary>
    /// <exception cref="DiagnosticException">An input does not exist or cannot be opened.</exception>
    public ValidationReport Run(CancellationToken cancel)
    {
        List<ConsumerRun> runs = [.. (request.Target is { } target ? [target] : ConsumerTable.All).Select(consumer => new ConsumerRun(consumer))];
        var inputs = ValidationInputs.Expand(request.Inputs, (folder, card) =>
        {
            foreach (var finding in card.Findings) _report.Add(finding);

            foreach (var run in runs)
            {
                foreach (var finding in FolderRules.Check(run.Consumer, folder, Path.TrimEndingDirectorySeparator(folder), card)) Take(run, finding);
            }
        });

        foreach (var run in runs)
        {
            foreach (var finding in FolderRules.Kinds(run.Consumer, inputs)) Take(run, finding);
        }

        // Finding rows shared by splits costs memory for every row, so it is only done if one consumer is given and there are two splits.
        if (request.Target is { } named && inputs.Select(input => input.Split).Distinct(StringComparer.Ordinal).Count() > 1) _overlap = new SplitOverlap(named.Identity);
        foreach (var input in inputs) Read(input, runs, cancel);

        foreach (var run in runs)
        {
            run.Check.Clear();
            run.End();
            foreach (var finding in run.Check.Found) Take(run, ValidationReport.Whole(finding.Code, finding.Severity, finding.Message, finding.Source));
        }

        if (request.Target is null) _report.Suits.AddRange(runs.Select(run => new Suitability(run.Consumer, run.Refusal)));
        return _report;
    }

    private void Read(ValidationInput input, List<ConsumerRun> runs, CancellationToken cancel)
    {
        var taker = new Taker(this, input, runs);
        _overlap?.Begin(input.Split, input.Name);
        try
        {
            if (input.File is not { } file)
            {
                _feed.Read(request.StandardInput ?? Stream.Null, input.Name, runs is [{ Consumer.Line: not null }], taker, cancel);
            }
            else
            {
                foreach (var run in runs) CheckName(run, file);

                var form = _feed.FormOf(file, runs is [{ Consumer.Line: not null }]);

                // When comparing consumers, those that read fields see a delimited file line by line; the others read it by its header or as texts.
                if (runs.Count > 1 && (form == RowForm.Texts || (form == RowForm.Reader && ValidationInputs.HasFields(file.Name))))
                {
                    List<ConsumerRun> ofLines = [.. runs.Where(run => run.Consumer.Line is not null)];
                    _feed.Read(file, RowForm.Fields, new Taker(this, input, ofLines), cancel);
                    taker = new Taker(this, input, [.. runs.Except(ofLines)]);
                }

                taker.IsDocument = form == RowForm.Document;
                foreach (var run in runs)
                {
                    if (form == RowForm.Document && !run.Consumer.TakesArrays)
                        Take(run, ValidationReport.At(ConsumerCodes.FileName, Severity.Error, input.Name, 0, 0, "the file is one JSON document; JSON Lines are read, one row per line", run.Consumer.Source));
                }

                _feed.Read(file, form, taker, cancel);
            }
        }
        catch (DiagnosticException failure) when (failure.Diagnostics is [{ Span: not null }] || (failure.Diagnostics is [var only] && IsDamage(only.Code)))
        {
            // The file's content is at fault: that is a finding, and the remaining files are still read.
            var found = failure.Diagnostics[0];
            taker.Stopped = true;
            TakeAll(runs, found.Code == SourceCodes.EmptyFile
                ? ValidationReport.At(ConsumerCodes.NoRows, Severity.Error, input.Name, 0, 0, "the file has no rows", string.Empty)
                : found.Span is null ? ValidationReport.At(found.Code, Severity.Error, input.Name, 0, 0, WithoutName(found.Message, input.Name), string.Empty)
                : new ValidationFinding(found, string.Empty));
        }

        if (taker.Rows == 0 && !taker.Stopped)
            TakeAll(runs, ValidationReport.At(ConsumerCodes.NoRows, Severity.Error, input.Name, 0, 0, "the file has no rows", string.Empty));

        foreach (var run in runs.Where(run => run.Consumer.RulesPerFile)) EndFile(run, input);

        _report.Files.Add(new ValidatedFile(input.Name, taker.Rows, taker.Bytes));
    }

    // Errors in the bytes of a file as a whole; a missing or unreadable file is not one.
    private static bool IsDamage(string code) =>
        code is SourceCodes.EmptyFile or SourceCodes.UnsupportedEncoding or SourceCodes.LfsPointer or SourceCodes.WebPage or SourceCodes.DamagedArchive or SourceCodes.UnsupportedArchive
        || code.StartsWith("IK70", StringComparison.Ordinal);

    private static string WithoutName(string message, string name) => message.StartsWith($"{VisibleText.Of(name)}: ", StringComparison.Ordinal) ? message[(VisibleText.Of(name).Length + 2)..] : message;

    private void EndFile(ConsumerRun run, ValidationInput input)
    {
        run.Check.Clear();
        run.End();
        foreach (var finding in run.Check.Found) Take(run, ValidationReport.At(finding.Code, finding.Severity, input.Name, 0, 0, finding.Message, finding.Source));
    }

    private void CheckName(ConsumerRun run, SourceFile file)
    {
        var consumer = run.Consumer;
        var extension = Path.GetExtension(file.Name).ToLowerInvariant();
        var isPacked = extension is ".gz" or ".zst" or ".bz2" or ".xz" or ".lz4" or ".zip";
        if (isPacked && !consumer.Compressions.Contains(extension))
            Take(run, ValidationReport.At(ConsumerCodes.FileName, Severity.Error, file.Name, 0, 0, $"the file is compressed ({extension}), which is not read; unpack it", consumer.Source));

        var bare = isPacked ? Path.GetExtension(file.Name[..^extension.Length]).ToLowerInvariant() : extension;
        if (consumer.Extensions.Count > 0 && !consumer.Extensions.Contains(bare))
            Take(run, ValidationReport.At(ConsumerCodes.FileName, Severity.Error, file.Name, 0, 0, $"the file's name ends in '{bare}', expected {Shapes.Listed(consumer.Extensions)}", consumer.Source));

        if (consumer.FileNames.Count > 0 && !consumer.FileNames.Contains(Path.GetFileName(file.Name)))
            Take(run, ValidationReport.At(ConsumerCodes.FileName, Severity.Warning, file.Name, 0, 0, $"the file is called '{VisibleText.Of(Path.GetFileName(file.Name))}'; in its folder {Shapes.Listed(consumer.FileNames)} are looked for", consumer.Source));

        if (consumer.FileBytes.Usual < long.MaxValue && new FileInfo(file.Path) is { Exists: true } info && info.Length > consumer.FileBytes.Usual)
        {
            var isMore = info.Length > consumer.FileBytes.Most;
            Take(run, ValidationReport.At(
                ConsumerCodes.FileName, isMore ? Severity.Error : Severity.Warning, file.Name, 0, 0,
                string.Create(CultureInfo.InvariantCulture, $"the file has {info.Length:N0} bytes, {(isMore ? $"the most is {consumer.FileBytes.Most:N0}" : $"more than {consumer.FileBytes.Usual:N0} are uploaded in parts only")}"), consumer.Source));
        }
    }

    // When comparing consumers, one objection is enough to rule one out.
    private void Take(ConsumerRun run, ValidationFinding finding)
    {
        if (request.Target is not null) _report.Add(finding);
        else if (finding.Diagnostic.Severity == Severity.Error) run.Refusal ??= finding;
    }

    private void TakeAll(List<ConsumerRun> runs, ValidationFinding finding)
    {
        _report.Add(finding);
        if (request.Target is not null || finding.Diagnostic.Severity != Severity.Error) return;

        foreach (var run in runs) run.Refusal ??= finding;
    }

    /// <summary>One consumer's rules at work.</summary>
    private sealed class ConsumerRun(Consumer consumer)
    {
        private readonly Dictionary<string, DatasetRule[]> _rules = new(StringComparer.Ordinal);

        public Consumer Consumer { get; } = consumer;

        public RowCheck Check { get; } = new();

        public ValidationFinding? Refusal { get; set; }

        public DatasetRule[] RulesOf(string split)
        {
            if (!_rules.TryGetValue(split, out var rules)) _rules.Add(split, rules = [.. Consumer.Rules()]);

            return rules;
        }

        public void End()
        {
            foreach (var rule in _rules.Values.SelectMany(rules => rules))
            {
                Check.Source = rule.Source ?? Consumer.Source;
                rule.End(Check);
            }

            _rules.Clear();
        }
    }

    private sealed class Taker(Validator validator, ValidationInput input, List<ConsumerRun> runs) : IRowTaker
    {
        private readonly JsonTape _tape = new(validator._limits) { IsUntyped = input.File is { } file && ValidationInputs.IsUntyped(file.Name) };
        private readonly List<ConsumerRun> _runs = runs;
        private readonly DatasetRule[][] _rules =
            [.. runs.Select(run => run.RulesOf(run.Consumer.RulesPerFile ? input.Name : run.Consumer.IsOneTable ? input.Config : $"{input.Config}/{input.Split}"))];

        public long Rows { get; private set; }

        public long Bytes { get; private set; }

        public bool Stopped { get; set; }

        public bool IsDocument { get; set; }

        public void Row(byte[] buffer, int start, int length, RowPlace place)
        {
            Rows++;
            Bytes += length;
            if (!_tape.Read(buffer, start, length))
            {
                validator.TakeAll(_runs, Placed(_tape.ErrorCode, Severity.Error, buffer.AsSpan(start, length), _tape.ErrorOffset, place, _tape.Error, string.Empty));
                return;
            }

            var row = _tape.Root;
            for (var i = 0; i < _runs.Count; i++)
            {
                var run = _runs[i];
                if (run.Refusal is not null) continue;

                var check = run.Check;
                check.Clear();
                check.Row = row;
                check.JsonPlaces = input.JsonPlaces;
                check.Source = run.Consumer.Source;
                if (row.IsText && IsDocument && run.Consumer.TakesTexts) continue;

                if (!row.IsObject)
                {
                    check.Error(ConsumerCodes.NotAnObject, row, $"the row is {row.Words}, expected an object");
                }
                else
                {
                    run.Consumer.Row.Check(check, row);
                    foreach (var rule in _rules[i])
                    {
                        check.Source = rule.Source ?? run.Consumer.Source;
                        rule.Row(check, row, place.Offset);
                    }
                }

                if (row.IsObject) validator._tokens?.Check(check, row);

                if (validator._overlap?.Meet(row, place.Line) is { } other) Shared(check, run, other);

                foreach (var finding in check.Found)
                    validator.Take(run, Placed(finding.Code, finding.Severity, buffer.AsSpan(start, length), finding.Offset, place, finding.Message, finding.Source));
            }
        }

        private void Shared(RowCheck check, ConsumerRun run, (string Split, string File, long Line) other)
        {
            check.Source = run.Consumer.Source;
            check.At(ConsumerCodes.SplitOverlap, Severity.Error, 0, string.Create(
                CultureInfo.InvariantCulture,
                $"this row of '{Named(input.Split)}' is in '{Named(other.Split)}', too ({VisibleText.Of(other.File)}:{other.Line}): what is evaluated was trained on"));

            static string Named(string split) => split.Length == 0 ? "no split" : split;
        }

        public void Fields(byte[] buffer, int start, int length, RowPlace place)
        {
            Rows++;
            Bytes += length;
            foreach (var run in _runs)
            {
                run.Check.Clear();
                run.Check.Source = run.Consumer.Source;
                run.Consumer.Line!(run.Check, buffer.AsSpan(start, length));
                if (validator._overlap?.Meet(buffer.AsSpan(start, length), place.Line) is { } other) Shared(run.Check, run, other);

                foreach (var finding in run.Check.Found)
                    validator.Take(run, Placed(finding.Code, finding.Severity, buffer.AsSpan(start, length), finding.Offset, place, finding.Message, finding.Source));
            }
        }

        public void Blank(long line)
        {
            foreach (var run in _runs)
            {
                var severity = run.Consumer.BlankLines;
                validator.Take(run, ValidationReport.At(
                    ConsumerCodes.BlankLine, severity, input.Name, line - 1, 0, severity == Severity.Error ? "a blank line, which is read as a row and fails" : "a blank line (validate --fix removes it)", run.Consumer.Source));
            }
        }

        public void Broken(string code, string message, long line, int column)
        {
            Rows++;
            validator.TakeAll(_runs, ValidationReport.At(code, Severity.Error, input.Name, line - 1, Math.Max(0, column), message, string.Empty));
        }

        public void ByteOrderMark()
        {
            foreach (var run in _runs)
            {
                var severity = run.Consumer.ByteOrderMark;
                validator.Take(run, ValidationReport.At(
                    ConsumerCodes.ByteOrderMark, severity, input.Name, 0, 0,
                    $"the file begins with a byte-order mark, which {(severity == Severity.Error ? "is read as part of the first row" : "older readers take for part of the first key")} (validate --fix removes it)", run.Consumer.Source));
            }
        }

        private ValidationFinding Placed(string code, Severity severity, ReadOnlySpan<byte> text, int offset, RowPlace place, string message, string source)
        {
            var before = text[..Math.Clamp(offset, 0, text.Length)];
            var lineStart = before.LastIndexOf((byte)'\n') + 1;
            var line = place.Line - 1 + before.Count((byte)'\n');
            var column = Utf8Check.Units(before[lineStart..]) + (lineStart == 0 ? place.Indent : 0);
            return ValidationReport.At(code, severity, input.Name, line, column, message, source);
        }
    }
}
