using System.CommandLine;

namespace InstructKit.Cli.Options;

/// <summary>Questions to a parsed command line.</summary>
internal static class ParseResultExtensions
{
    extension(ParseResult parsed)
    {
        /// <summary>True when somebody typed the option; the parser has a result for switches that nobody did.</summary>
        public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };
    }
}
