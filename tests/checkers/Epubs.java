// Ask EPUBCheck about one EPUB after another.
//
//   java -cp epubcheck.jar Epubs.java
//
// Reads the path of a file from each line of the standard input. For each it prints a line for each fault that EPUBCheck finds
// and a line of counts, then the line "." when the file is done.

import com.adobe.epubcheck.api.EpubCheck;
import com.adobe.epubcheck.util.WriterReportImpl;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

public class Epubs {
    public static void main(String[] arguments) throws Exception {
        BufferedReader paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // where EPUBCheck lists what a file has in it
        for (String path = paths.readLine(); path != null; path = paths.readLine()) {
            StringWriter found = new StringWriter();
            WriterReportImpl report = new WriterReportImpl(new PrintWriter(found));
            report.setEpubFileName(path);
            EpubCheck check = new EpubCheck(new File(path), report);
            check.setLocale(Locale.ENGLISH);
            check.doValidate();
            found.toString().lines().filter(line -> !line.isBlank() && !line.startsWith("INFO: ")).forEach(out::println);
            out.printf("%d fatals / %d errors / %d warnings%n",
                report.getFatalErrorCount(), report.getErrorCount(), report.getWarningCount());
            out.println(".");
        }
    }
}
