namespace InstructKit.Authoring.Importing.Python;

/// <summary>Parses the statements of a Python file. Nothing is executed; a statement of an untranslated kind is kept as <see cref="PythonStatement.Other"/>.</summary>
/// <param name="source">The file.</param>
internal sealed class PythonParser(SourceText source) : PythonExpressionParser(source)
{
    private static readonly string[] Augmented = ["+=", "-=", "*=", "/=", "//=", "%=", "**=", "|=", "&="];

    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">It is not Python (IK9001).</exception>
    public static IReadOnlyList<PythonStatement> Parse(SourceText source) => new PythonParser(source).ReadFile();

    private List<PythonStatement> ReadFile()
    {
        List<PythonStatement> statements = [];
        while (Peek.Kind != PythonTokenKind.End)
        {
            if (Peek.Kind is PythonTokenKind.NewLine or PythonTokenKind.Indent or PythonTokenKind.Dedent) At++;
            else ReadStatement(statements);
        }

        return statements;
    }

    private void ReadStatement(List<PythonStatement> statements)
    {
        var start = At;
        var (count, depth) = (statements.Count, Depth);
        try
        {
            ReadKnown(statements);
        }
        catch (DiagnosticException exception)
        {
            // Only what uses the names that it sets is lost.
            if (!Skip(start)) throw;

            Depth = depth;
            statements.RemoveRange(count, statements.Count - count);
            statements.Add(OtherFrom(start) with { Reason = exception.Diagnostics[0] });
        }
    }

    private void ReadKnown(List<PythonStatement> statements)
    {
        var start = At;
        if (Peek.Kind == PythonTokenKind.Name)
        {
            switch (Peek.Text)
            {
                case "def":
                    statements.Add(ReadFunction());
                    return;
                case "if":
                    statements.Add(ReadIf());
                    return;
                case "for":
                    statements.Add(ReadFor());
                    return;
                case "class" or "while" or "try" or "with" or "async":
                    Skip(start);
                    statements.Add(OtherFrom(start));
                    return;
            }
        }
        else if (IsOperator("@"))
        {
            // A decorator may do anything with the function below it.
            Skip(start);
            var decorated = At;
            Skip(decorated);
            statements.Add(OtherFrom(start));
            return;
        }

        do
        {
            if (Peek.Kind is PythonTokenKind.NewLine or PythonTokenKind.End) break;

            statements.Add(ReadSimple());
        }
        while (Take(";"));
        if (Peek.Kind == PythonTokenKind.NewLine) At++;
        else if (Peek.Kind is not (PythonTokenKind.End or PythonTokenKind.Dedent)) throw Expected("the end of the statement");
    }

    private PythonStatement ReadSimple()
    {
        var start = At;
        if (Peek.Kind == PythonTokenKind.Name)
        {
            switch (Peek.Text)
            {
                case "return":
                    At++;
                    return new PythonStatement.Return(Peek.Kind == PythonTokenKind.NewLine || IsOperator(";") ? null : ReadExpressions(), SpanFrom(start));
                case "import" or "from":
                    return ReadImport();
                case "break" or "continue" or "pass":
                    return new PythonStatement.Jump(Next().Text, SpanFrom(start));
                case "assert":
                    At++;
                    var test = ReadExpression();
                    SkipLine();
                    return new PythonStatement.Assert(test, SpanFrom(start));
                case "raise":
                    SkipLine();
                    return new PythonStatement.Jump("raise", SpanFrom(start));
                case "global" or "nonlocal" or "del" or "yield":
                    SkipLine();
                    return OtherFrom(start);
            }
        }

        List<PythonExpression> parts = [ReadExpressions()];
        if (Peek.Kind == PythonTokenKind.Operator && Array.IndexOf(Augmented, Peek.Text) >= 0)
        {
            var word = Next().Text[..^1];
            return new PythonStatement.Augment(parts[0], word, ReadExpressions(), SpanFrom(start));
        }

        if (Take(":"))
        {
            ReadExpression();
            if (!IsOperator("=")) return new PythonStatement.Jump("pass", SpanFrom(start));
        }

        while (Take("=")) parts.Add(ReadExpressions());

        return parts.Count == 1 ? new PythonStatement.Evaluate(parts[0], SpanFrom(start)) : new PythonStatement.Assign(parts[..^1], parts[^1], SpanFrom(start));
    }

    private void SkipLine()
    {
        while (Peek.Kind is not (PythonTokenKind.NewLine or PythonTokenKind.End)) At++;
    }

    private PythonStatement.Import ReadImport()
    {
        var start = At;
        var module = string.Empty;
        List<(string? Name, string As)> names = [];
        if (TakeName("from"))
        {
            while (!IsName("import") || module.Length == 0 || module.EndsWith('.') && !IsName("import"))
            {
                if (Peek.Kind == PythonTokenKind.NewLine) throw Expected("'import'");

                module += Next().Text;
            }

            At++;
            var isOpen = Take("(");
            while (Peek.Kind == PythonTokenKind.Name || IsOperator("*"))
            {
                var name = Next().Text;
                names.Add((name, TakeName("as") ? Next().Text : name));
                if (!Take(",")) break;
            }

            if (isOpen) Require(")");

            return new PythonStatement.Import(module, names, SpanFrom(start));
        }

        At++;
        do
        {
            module = string.Empty;
            while (Peek.Kind == PythonTokenKind.Name && !IsName("as") || IsOperator(".")) module += Next().Text;

            names.Add((null, TakeName("as") ? $"{module} {Next().Text}" : module));
        }
        while (Take(","));
        return new PythonStatement.Import(string.Empty, names, SpanFrom(start));
    }

    private PythonStatement.Function ReadFunction()
    {
        var start = At++;
        if (Peek.Kind != PythonTokenKind.Name) throw Expected("a name");

        var name = Next().Text;
        Require("(");
        var parameters = ReadParameters(")");
        Require(")");
        if (Take("->")) ReadExpression();

        var span = SpanFrom(start);
        return new PythonStatement.Function(name, parameters, ReadBlock(), span);
    }

    private PythonStatement.If ReadIf()
    {
        var start = At++;
        var test = ReadExpression();
        var span = SpanFrom(start);
        var then = ReadBlock();
        IReadOnlyList<PythonStatement> otherwise = IsName("elif") ? [ReadIf()] : TakeName("else") ? ReadBlock() : [];
        return new PythonStatement.If(test, then, otherwise, span);
    }

    private PythonStatement.For ReadFor()
    {
        var start = At++;
        var target = ReadTargets();
        if (!TakeName("in")) throw Expected("'in'");

        var of = ReadExpressions();
        var span = SpanFrom(start);
        var body = ReadBlock();
        return new PythonStatement.For(target, of, body, TakeName("else") ? ReadBlock() : [], span);
    }

    private List<PythonStatement> ReadBlock()
    {
        Require(":");
        List<PythonStatement> statements = [];
        if (Peek.Kind != PythonTokenKind.NewLine)
        {
            ReadKnown(statements);
            return statements;
        }

        At++;
        if (Peek.Kind != PythonTokenKind.Indent) throw Expected("an indented block");

        At++;
        while (Peek.Kind is not (PythonTokenKind.Dedent or PythonTokenKind.End)) ReadStatement(statements);

        if (Peek.Kind == PythonTokenKind.Dedent) At++;

        return statements;
    }

    // Skips a statement with its blocks; false if there are no more.
    private bool Skip(int start)
    {
        At = start;
        if (Peek.Kind == PythonTokenKind.End) return false;

        do
        {
            SkipLine();
            if (Peek.Kind == PythonTokenKind.NewLine) At++;

            for (var open = 0; Peek.Kind == PythonTokenKind.Indent || (open > 0 && Peek.Kind != PythonTokenKind.End); At++)
            {
                open += Peek.Kind == PythonTokenKind.Indent ? 1 : Peek.Kind == PythonTokenKind.Dedent ? -1 : 0;
                if (open == 0)
                {
                    At++;
                    break;
                }
            }
        }
        while (Peek.Kind == PythonTokenKind.Name && Peek.Text is "else" or "elif" or "except" or "finally");
        return true;
    }

    private PythonStatement.Other OtherFrom(int start)
    {
        var end = At;
        At = start;
        var span = Peek.Span;
        var word = Peek.Kind == PythonTokenKind.Name ? Peek.Text : "statement";
        List<string> sets = [];
        for (; At < end; At++)
        {
            // Whether a name is defined, assigned or imported anywhere in it.
            if (Peek.Kind != PythonTokenKind.Name) continue;

            var name = Peek.Text;
            At++;
            var isSet = IsOperator("=") || IsOperator("+=") || (name is "def" or "class" or "import" or "as" && Peek.Kind == PythonTokenKind.Name);
            if (isSet) sets.Add(Peek.Kind == PythonTokenKind.Name ? Peek.Text : name);

            At--;
        }

        At = end;
        return new PythonStatement.Other(word, sets, span);
    }
}
